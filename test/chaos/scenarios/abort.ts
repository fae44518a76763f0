import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { readStarts, recordAndWait } from '../tasks/record.ts';
import type { Scenario } from '../trial/trial.ts';

export const abort: Scenario = {
  name: 'abort',
  claim: 'an abort rejects with the reason of the caller, starts nothing more, and closes the source once',
  isolates: ['thread', 'process'],
  run: async (trial) => {
    const folder = await makeFolder('chaos');
    const rounds = trial.isShort ? 2 : 20;
    const wrong: string[] = [];
    let latest = 0;
    let started = 0;
    let begun = 0;
    let closed = 0;
    try {
      await trial.withPool({ workers: 2 }, async (pool) => {
        await trial.map([{ path: `${folder}/start`, id: 0 }], recordAndWait, { pool });
        for (let round = 0; round < rounds; round++) {
          const path = `${folder}/${round}`;
          const controller = new AbortController();
          const reason = new Error(`enough of ${round}`);
          const source = (function* (): Generator<{ path: string; id: number }> {
            begun++;
            try {
              for (let id = 0; id < 100_000; id++) yield { path, id };
            } finally {
              closed++;
            }
          })();
          const results = trial.map(source, recordAndWait, { pool, signal: controller.signal, chunkSize: 4 });
          const outcome = results.then(
            () => 'resolved',
            (thrown: unknown) => (thrown === reason ? 'its reason' : `another reason: ${String(thrown)}`),
          );
          // A generator that was never begun has nothing to close, and a busy machine takes its time to begin it.
          while (begun <= round) await sleep(1);
          await sleep(20 + trial.random.below(60));
          const began = performance.now();
          controller.abort(reason);
          const said = await outcome;
          latest = Math.max(latest, performance.now() - began);
          if (said !== 'its reason') wrong.push(said);
          // What was in flight may still note its start.
          await sleep(20);
          const before = countStarts(path);
          await sleep(50);
          started += countStarts(path) - before;
        }
      });
    } finally {
      await removeFolder(folder);
    }
    const { figures } = trial;
    figures.none('aborts with another end than the reason', wrong);
    figures.none('items started afterwards', started);
    figures.exactly('sources closed, of as many', closed, rounds);
    figures.within('until it rejects', latest, 100, 'ms');
  },
};

function countStarts(path: string): number {
  try {
    return [...readStarts(path).values()].reduce((sum, count) => sum + count, 0);
  } catch {
    return 0;
  }
}
