/** A range of bytes for each thread, and one merge: the limit that Telar is measured against. */
import { statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { runWork } from '../run-work.ts';
import { addTo, cutTop, type Range, type Sums } from './fold-range.ts';
import { type Question, readQuestion, writeSums, writeTop } from './result.ts';

const question = readQuestion();
const threads = Number(process.argv[5] ?? availableParallelism());

await runWork(async (from, to) => {
  const { size } = statSync(from);
  const ranges = Array.from({ length: threads }, (_, at): Range => {
    const place = (number: number): number => Math.floor((size * number) / threads);
    return { question, file: from, from: place(at), to: place(at + 1) };
  });
  write(question, to, await Promise.all(ranges.map(fold)));
});

function fold(range: Range): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./by-hand-worker.js', import.meta.url), { workerData: range });
    worker.once('message', resolve).once('error', reject);
  });
}

function write(asked: Question, to: string, parts: readonly unknown[]): void {
  switch (asked) {
    case 'cities':
    case 'people': {
      const sums: Sums = new Map();
      for (const part of parts as Sums[]) for (const [key, sum] of part) addTo(sums, key, sum);
      return writeSums(to, sums);
    }
    case 'top':
      return writeTop(to, cutTop((parts as number[][]).flat()));
    case 'distinct':
      return writeFileSync(to, String(new Set((parts as Set<string>[]).flatMap((part) => [...part])).size));
  }
}
