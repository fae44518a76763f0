/** GNU parallel: it cuts the file by itself and starts a program for each piece, a few for each core. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { say } from '../../programs/say.ts';
import type { WorkEnd } from '../run-work.ts';

const [from = '', to = ''] = process.argv.slice(2);
const worker = fileURLToPath(new URL('./parallel-worker.js', import.meta.url));
/** `times` of the shell tells what its children used. */
const script = 'parallel --will-cite --keep-order --pipepart --block -4 -a "$1" "$2" "$3"; times >&2';

const output = openSync(to, 'w');
const began = performance.now();
const child = spawn('sh', ['-c', script, 'sh', from, process.execPath, worker], {
  stdio: ['ignore', output, 'pipe'],
});
const [said, [code]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')]);
const time = performance.now() - began;
closeSync(output);
if (code !== 0) throw new Error(`parallel ended with ${code}: ${said}`);
say({ time, cpu: readTimes(said) } satisfies WorkEnd);

/** Milliseconds, from the second line of `0m1.23s 0m0.45s`. */
function readTimes(lines: string): number {
  const [, children = ''] = lines.trim().split('\n').slice(-2);
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1000,
    0,
  );
}
