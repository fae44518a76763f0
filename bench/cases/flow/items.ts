import { parallelMap } from 'telar';
import type { Summary } from '../../report/summarise.ts';
import type { Figure } from '../../report/goals.ts';
import { runLong, runShort } from '../../tasks.ts';
import { byHand, callEach, callTyped, eachLibrary, loop, onMainThread, telar } from '../contenders.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

/** Values that make a case of items that all take about the same time. */
interface ItemsPlan {
  readonly name: string;
  readonly question: string;
  /** The task, which `every-task.ts` has under this name, and for a chunk with `Chunk` behind it. */
  readonly task: (turns: number) => number;
  readonly count: number;
  readonly microseconds: number;
  /** The part of the items in a quick bench. */
  readonly quick: number;
  /** Items in a chunk: as an expert cuts them for a library, and as one claims them by hand. */
  readonly chunk: number;
  readonly claim: number;
  /** The part of the items that is enough for those who send each by itself. `@defaultValue` all */
  readonly share?: number;
  readonly figures: (find: (name: string) => Summary) => readonly Figure[];
}

function defineItems(plan: ItemsPlan): TimedCase<readonly number[], number> {
  const { name, question, task, count, microseconds, quick, chunk, claim, share, figures } = plan;
  return defineTimed({
    module: import.meta.url,
    name,
    group: 'flow',
    question,
    parts: { tiny: 1 / 500, quick, full: 1 },
    rounds: 3,
    makeInput: (turns, part) => {
      const typical = Math.round(turns * microseconds);
      return Array.from({ length: count * part }, (_, at) => typical + (at % 16) - 8);
    },
    contenders: [
      loop((items) => {
        const results: number[] = [];
        for (const item of items) results.push(task(item));
        return results;
      }),
      byHand((items, threads) => threads.mapNumbers(task.name, items, claim)),
      telar('telar', (items, pool) => parallelMap(items, task, { pool })),
      ...eachLibrary('chunks', callTyped(`${task.name}Chunk`, chunk)),
      ...eachLibrary('items', callEach<number, number>(task.name), share === undefined ? {} : { share }),
      ...onMainThread(task, share),
    ],
    figures,
  });
}

export const shortItems: TimedCase<readonly number[], number> = defineItems({
  name: 'short',
  question: 'What is left of many items of 1 µs, when each has to reach a worker and come back?',
  task: runShort,
  count: 1_000_000,
  microseconds: 1,
  quick: 1 / 4,
  chunk: 50_000,
  claim: 1000,
  share: 1 / 20,
  figures: (find) => [{ id: 'short.ratio', value: find('telar').ideal.median }],
});

export const longItems: TimedCase<readonly number[], number> = defineItems({
  name: 'long',
  question: 'How near to the limit do items of 0.2 ms come, with no option set?',
  task: runLong,
  count: 20_000,
  microseconds: 200,
  quick: 1 / 8,
  chunk: 200,
  claim: 10,
  figures: (find) => [
    { id: 'long.ratio', value: find('telar').ideal.median },
    { id: 'loop.delay.p99', value: find('telar').delay.median },
  ],
});
