import { parallelMap } from 'telar';
import { type Group, listGroup, runGroup, runSmall } from '../../tasks.ts';
import { byHand, callEach, eachLibrary, loop, telar } from '../contenders.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

const GROUPS = 200;
const ITEMS = 250;
const MICROSECONDS = 20;

/** The inner loop as a run of its own, in a worker. */
export async function runGroupNested(group: Group): Promise<number> {
  const results = await parallelMap(listGroup(group), runSmall);
  return results.reduce((total, result) => total + result, 0);
}

export const nestedRuns: TimedCase<readonly Group[], number> = defineTimed({
  module: import.meta.url,
  name: 'nested',
  group: 'flow',
  question: 'What does it cost when a task calls parallelMap itself, for 250 items of 20 µs?',
  parts: { tiny: 1 / 100, quick: 1 / 2, full: 1 },
  rounds: 3,
  makeInput: (turns, part) =>
    Array.from({ length: GROUPS * part }, (_, at) => ({
      first: Math.round(turns * MICROSECONDS) + at,
      count: ITEMS,
    })),
  contenders: [
    loop((groups) => groups.map((group) => runGroup(group))),
    byHand(callEach('runGroup')),
    telar('telar, nested', (groups, pool) => parallelMap(groups, runGroupNested, { pool })),
    telar('telar, a loop inside', (groups, pool) => parallelMap(groups, runGroup, { pool })),
    ...eachLibrary('a loop inside', callEach<Group, number>('runGroup')),
  ],
});
