import { parallelMap, run } from 'telar';
import { scale } from '../../tasks.ts';
import { callEach, loop, piscinaTwice, telar } from '../contenders.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

const AT_ONCE = 5000;

export const callsAtOnce: TimedCase<readonly number[], number> = defineTimed({
  module: import.meta.url,
  name: 'calls-at-once',
  group: 'calls',
  question: 'What does a call of one item take, when thousands are made at once?',
  parts: { tiny: 1 / 100, quick: 1, full: 2 },
  rounds: 5,
  makeInput: (_, part) => Array.from({ length: AT_ONCE * part }, (_item, at) => at),
  contenders: [
    loop((items) => items.map((item) => scale(item))),
    telar('telar, run', (items, pool) => Promise.all(items.map((item) => run(scale, [item], { pool })))),
    telar('telar, parallelMap', (items, pool) =>
      Promise.all(items.map(async (item) => (await parallelMap([item], scale, { pool }))[0] as number)),
    ),
    ...piscinaTwice<readonly number[], number>(callEach('scale')),
  ],
  figures: (find) => [
    {
      id: 'calls-at-once.ratio',
      value: find('telar, run').time.median / find('piscina, no atomics').time.median,
    },
  ],
});
