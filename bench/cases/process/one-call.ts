import { parallelMap, run } from 'telar';
import { scale } from '../../tasks.ts';
import { byHand, loop, piscinaTwice, telar } from '../contenders.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

const COUNT = 10_000;

/** One call after another: nothing hides what each takes. */
async function callInTurn(
  items: readonly number[],
  call: (item: number) => Promise<unknown>,
): Promise<readonly number[]> {
  const results: number[] = [];
  // oxlint-disable-next-line no-await-in-loop -- that is what is measured.
  for (const item of items) results.push((await call(item)) as number);
  return results;
}

export const oneCall: TimedCase<readonly number[], number> = defineTimed({
  module: import.meta.url,
  name: 'one-call',
  group: 'calls',
  question: 'What does a call of one item take, when each waits for the one before?',
  parts: { tiny: 1 / 100, quick: 1 / 2, full: 1 },
  rounds: 5,
  makeInput: (_, part) => Array.from({ length: COUNT * part }, (_item, at) => at),
  contenders: [
    loop((items) => items.map((item) => scale(item))),
    byHand((items, peer) => callInTurn(items, (item) => peer.call('scale', item))),
    telar('telar, run', (items, pool) => callInTurn(items, (item) => run(scale, [item], { pool }))),
    telar('telar, run, closure', (items, pool) => {
      const factor = 2;
      const task = (value: number): number => value * factor + 1;
      return callInTurn(items, (item) => run(task, [item], { pool }));
    }),
    telar('telar, parallelMap', (items, pool) =>
      callInTurn(items, async (item) => (await parallelMap([item], scale, { pool }))[0]),
    ),
    ...piscinaTwice((items: readonly number[], peer) =>
      callInTurn(items, (item) => peer.call('scale', item)),
    ),
  ],
  figures: (find) => [
    { id: 'one-call.ratio', value: find('telar, run').time.median / find('piscina, no atomics').time.median },
  ],
});
