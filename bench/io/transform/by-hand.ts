/** A range of bytes for each thread, side by side: the limit that Telar is measured against. */
import { statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { addTo, type Sums } from '../folds/fold-range.ts';
import { writeSums } from '../folds/result.ts';
import { runWork } from '../run-work.ts';
import type { Transform } from './question.ts';
import type { Range } from './transform-range.ts';

const [question, customers, count] = process.argv.slice(4) as [Transform, string, string?];
const threads = Number(count ?? availableParallelism());

await runWork(async (from, to) => {
  const { size } = statSync(from);
  const place = (number: number): number => Math.floor((size * number) / threads);
  const parts = await Promise.all(
    Array.from({ length: threads }, (_, at) =>
      run({ question, customers, file: from, from: place(at), to: place(at + 1) }),
    ),
  );
  if (question !== 'join') {
    writeFileSync(to, parts.join(''), 'latin1');
    return;
  }
  const sums: Sums = new Map();
  for (const part of parts as Sums[]) for (const [key, sum] of part) addTo(sums, key, sum);
  writeSums(to, sums);
});

function run(range: Range): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./by-hand-worker.js', import.meta.url), { workerData: range });
    worker.once('message', resolve).once('error', reject);
  });
}
