/** undici and piscina wired by hand: 64 requests pending, their bodies handed over to the threads. */
import { Piscina } from 'piscina';
import { Agent, request } from 'undici';
import { cores } from '../../report/machine.ts';
import { runMixed } from './run-mixed.ts';
import type { Summed } from './work.ts';

const PENDING = 64;

await runMixed(async (urls) => {
  const dispatcher = new Agent({ connections: PENDING });
  const pool = new Piscina({
    filename: new URL('./work.js', import.meta.url).href,
    name: 'sumBody',
    minThreads: cores,
    maxThreads: cores,
    concurrentTasksPerWorker: 2,
  });
  const results: Promise<Summed>[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < urls.length) {
      const at = next++;
      const { body } = await request(urls[at] as string, { dispatcher });
      const bytes = await body.bytes();
      const isWhole = bytes.byteLength === bytes.buffer.byteLength;
      // The next download does not wait for this one's turn on the threads.
      results[at] = pool.run(
        bytes,
        isWhole ? { transferList: [bytes.buffer as ArrayBuffer] } : {},
      ) as Promise<Summed>;
    }
  };
  await Promise.all(Array.from({ length: PENDING }, work));
  const all = await Promise.all(results);
  await Promise.all([pool.destroy(), dispatcher.close()]);
  return all;
});
