import { parallelMap } from 'telar';
import { runSmall } from '../../tasks.ts';
import { byHand, eachLibrary, loop, telar } from '../contenders.ts';
import type { Peer } from '../../peers/contract/peer.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

const RUNS = 5000;
const ITEMS = 20;
const MICROSECONDS = 10;

type Runs = readonly (readonly number[])[];

/** A call for each run: an expert needs no chunks here, since a run is one. */
async function callRuns(runs: Runs, peer: Peer): Promise<Runs> {
  const calls = runs.map(
    (items) => peer.call('runSmallChunk', Int32Array.from(items)) as Promise<Int32Array>,
  );
  return (await Promise.all(calls)).map((results) => [...results]);
}

export const manyRuns: TimedCase<Runs, readonly number[]> = defineTimed({
  module: import.meta.url,
  name: 'many-runs',
  group: 'flow',
  question: 'What do many small runs at once take, each of 20 items of 10 µs, on one pool?',
  parts: { tiny: 1 / 250, quick: 1 / 4, full: 1 },
  rounds: 3,
  makeInput: (turns, part) =>
    Array.from({ length: RUNS * part }, (_run, run) =>
      Array.from({ length: ITEMS }, (_item, at) => Math.round(turns * MICROSECONDS) + run + at),
    ),
  contenders: [
    loop((runs) => runs.map((items) => items.map((item) => runSmall(item)))),
    byHand(callRuns),
    telar('telar', (runs, pool) => Promise.all(runs.map((items) => parallelMap(items, runSmall, { pool })))),
    ...eachLibrary('runs', callRuns),
  ],
});
