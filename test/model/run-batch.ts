import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { root } from '../harness/root.ts';
import type { Batch } from './batch.ts';

const PRELOAD = new URL('dist/test/harness/pauses/preload.js', root);
const PROGRAM = new URL('dist/test/model/batch.js', root);

/** Runs so many programs in a process of its own, and gives what it did, and printed of differences. */
export async function runBatch(
  seed: number,
  first: number,
  programs: number,
  isHeldUp: boolean,
): Promise<Batch & { readonly output: string }> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(
    process.execPath,
    [
      ...(isHeldUp ? ['--import', PRELOAD.href] : []),
      fileURLToPath(PROGRAM),
      ...[seed, first, programs].map(String),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, HELD_UP: String(seed + first) } },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  const code = await new Promise((resolve) => child.once('close', resolve));
  const [, before, json] = /^([^]*?)(\{"programs":\d+,"next":.*\})\n/m.exec(output) ?? [];
  if (json !== undefined) return { ...(JSON.parse(json) as Batch), output: before ?? '' };
  // The program itself came to an end: a difference of its own.
  return {
    programs: 0,
    next: first + 1,
    differences: 1,
    output: `${output}\nThe batch from group ${first} ended with ${String(code)}.`,
  };
}
