import { timeOnce } from '../../harness/time-once.ts';
import { say } from '../../programs/say.ts';
import type { WorkEnd } from '../run-work.ts';
import { addUp, type Summed } from './work.ts';

/** Report of a program that downloads and computes. */
export interface MixedEnd extends WorkEnd {
  readonly checksum: number;
}

/** Runs the body of a program `node program.js <port> <requests>`. */
export async function runMixed(work: (urls: readonly string[]) => Promise<readonly Summed[]>): Promise<void> {
  const [port, count] = process.argv.slice(2);
  const urls = Array.from({ length: Number(count) }, (_, at) => `http://127.0.0.1:${port}/${at}`);
  let results: readonly Summed[] = [];
  const sample = await timeOnce('mixed', async () => {
    results = await work(urls);
  });
  say({ ...sample, checksum: addUp(results) } satisfies MixedEnd);
}
