import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { importTasks, ItemError, TelarError, WorkerError } from 'telar';
import type * as DiesAtLoad from '../tasks/dies-at-load.ts';
import { exitAlways, exitIfNegative } from '../tasks/ills.ts';
import type { Scenario, Trial } from '../trial/trial.ts';

const WORKERS = 2;

export const deaths: Scenario = {
  name: 'deaths',
  claim: 'workers that die are replaced only as often as they must be',
  isolates: ['thread', 'process'],
  run: async (trial) => {
    const { figures } = trial;
    const count = trial.isShort ? 12 : 60;
    const items = Array.from({ length: count }, () => 5);

    const [outcomes, started] = await countStarted(trial, () =>
      trial.withPool({ workers: WORKERS }, (pool) => trial.settled(items, exitAlways, { pool })),
    );
    figures.none(
      `of ${count} items that kill their worker, those misjudged`,
      outcomes.filter((outcome) => outcome.status !== 'rejected' || !(outcome.reason instanceof WorkerError))
        .length,
    );
    figures.atMost('workers started for them', started, count + WORKERS);

    const { never } = importTasks<typeof DiesAtLoad>(new URL('../tasks/dies-at-load.js', import.meta.url));
    const began = performance.now();
    const [failure, startedToLoad] = await countStarted(trial, () =>
      trial.withPool({ workers: WORKERS }, (pool) =>
        trial.map(items, never, { pool }).then(
          () => undefined,
          (thrown: unknown) => thrown,
        ),
      ),
    );
    figures.none('modules that die at load and are no error', failure instanceof TelarError ? 0 : 1);
    // The second death is the proof. Each of the others may be loading it by then, and is replaced as the first was.
    figures.atMost('workers started for such a module', startedToLoad, 2 * WORKERS + 1);
    figures.within('until its error', performance.now() - began, 5000, 'ms');

    const wrong: string[] = [];
    let harmed = 0;
    for (const retries of trial.isShort ? [0, 2] : [0, 1, 2, 3, 5]) {
      const mixed = Array.from({ length: 30 }, (_, id) => (id % 13 === 5 ? -1 : id));
      const tried = await trial.withPool({ workers: WORKERS }, (pool) =>
        trial.settled(mixed, exitIfNegative, { pool, retries }),
      );
      for (const outcome of tried) {
        if (outcome.index % 13 !== 5) harmed += outcome.status === 'fulfilled' ? 0 : 1;
        else if (outcome.status !== 'rejected' || !(outcome.reason instanceof ItemError))
          wrong.push('not rejected');
        else if (outcome.attempts !== retries + 1)
          wrong.push(`${outcome.attempts} attempts with ${retries} retries`);
      }
    }
    figures.none('poison items with other than 1 + r attempts', wrong);
    figures.none('innocents harmed by them', harmed);
  },
};

/** Counts workers by Node's own channels, also those that a dependency starts. */
async function countStarted<T>(trial: Trial, run: () => Promise<T>): Promise<readonly [T, number]> {
  const channel = trial.isolate === 'thread' ? 'worker_threads' : 'child_process';
  let started = 0;
  const count = (): void => void started++;
  subscribe(channel, count);
  try {
    return [await run(), started];
  } finally {
    unsubscribe(channel, count);
  }
}
