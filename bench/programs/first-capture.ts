/** Prints the main-thread time, in milliseconds, of the first capture in a process: of the package as it is published. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { basename } from 'node:path';

type Capture = typeof import('../../src/task/capture/capture.ts');

const bundle = new URL('../../bundle/', import.meta.url);
await import(new URL('telar.js', bundle).href);

const table = { rows: [1, 2, 3], name: 'table' };
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const task = (value: number): unknown => [table.rows[value], digest(basename(table.name))];

const begin = performance.now();
// The module is loaded as `resolveTask` does at the first function that is no handle of `importTasks`.
const { captureTask } = createRequire(bundle)('./capture.cjs') as Capture;
const { kind } = await captureTask(task);
if (kind !== 'captured') throw new Error(`The task was to be captured, not ${kind}.`);
console.log(performance.now() - begin);
