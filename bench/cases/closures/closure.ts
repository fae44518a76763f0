import { parallelMap } from 'telar';
import type { Contender } from '../../harness/contender.ts';
import { cores } from '../../report/machine.ts';
import { runClosure, spin } from '../../tasks.ts';
import { byHand, loop, telar } from '../contenders.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

const COUNT = 10_000;
const MICROSECONDS = 100;

/** The closure captures a number, an object and a function. */
const rate = 3;
const table = { add: 5 };
const weigh = (value: number): number => spin(value) * rate + table.add;

export const closure: TimedCase<readonly number[], number> = defineTimed({
  module: import.meta.url,
  name: 'closure',
  group: 'closures',
  question: 'What does a closure over a number, an object and a function take, beside an exported function?',
  parts: { tiny: 1 / 500, quick: 1 / 2, full: 1 },
  rounds: 3,
  makeInput: (turns, part) =>
    Array.from({ length: COUNT * part }, (_, at) => Math.round(turns * MICROSECONDS) + (at % 16)),
  contenders: [
    loop((items) => items.map((item) => weigh(item))),
    byHand((items, threads) => threads.mapNumbers('runClosure', items, 10)),
    telar('telar, closure', (items, pool) => parallelMap(items, (item) => weigh(item), { pool })),
    telar('telar, exported function', (items, pool) => parallelMap(items, runClosure, { pool })),
    workerpoolFunction(),
  ],
});

/**
 * workerpool sends the text of a function: what that uses must be among its arguments or within itself, so the task
 * is written anew, for its chunk.
 */
function workerpoolFunction(): Contender<readonly number[], number> {
  const mapChunk = (items: readonly number[], by: number, add: number): number[] =>
    items.map((turns) => {
      let state = turns | 0;
      for (let turn = 0; turn < turns; turn++) {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        state ^= state >>> 13;
        state = (Math.imul(state, 22695477) + 1) | 0;
        state ^= state >>> 16;
      }
      return (state >>> 8) * by + add;
    });
  return {
    name: 'workerpool, function written for it',
    role: 'peer',
    open: async () => {
      const { default: workerpool } = await import('workerpool');
      const pool = workerpool.pool({ workerType: 'thread', minWorkers: cores, maxWorkers: cores });
      return {
        run: async (items) => {
          const chunks: Promise<readonly number[]>[] = [];
          for (let from = 0; from < items.length; from += 200) {
            const chunk = items.slice(from, from + 200);
            chunks.push((async () => pool.exec(mapChunk, [chunk, rate, table.add]))() as Promise<number[]>);
          }
          return (await Promise.all(chunks)).flat();
        },
      };
    },
  };
}
