import { setTimeout as sleep } from 'node:timers/promises';
import { countWorkers } from '../trial/living.ts';
import { computeFor, waitAWhile } from '../tasks/ills.ts';
import type { Scenario, Trial } from '../trial/trial.ts';

export const closing: Scenario = {
  name: 'closing',
  claim: 'a closed pool has no workers left, whatever they were doing',
  isolates: ['thread', 'process'],
  run: async (trial) => {
    let longest = 0;
    const left: string[] = [];
    const close = async (name: string, finish: () => Promise<void>): Promise<void> => {
      const began = performance.now();
      await finish();
      longest = Math.max(longest, performance.now() - began);
      const alive = countWorkers(trial.isolate);
      if (alive > 0) left.push(`${name}: ${alive}`);
    };
    await midRun(trial, close);
    await afterAbort(trial, close);
    await withMany(trial, close);
    trial.figures.none('workers that live after close', left);
    trial.figures.within('until it is closed', longest, 2000, 'ms');
  },
};

type Close = (name: string, finish: () => Promise<void>) => Promise<void>;

async function midRun(trial: Trial, close: Close): Promise<void> {
  const pool = trial.openPool({ workers: 2 });
  const items = Array.from({ length: 40 }, (_, id) => ({ id, wait: 5 }));
  const results = trial.map(items, waitAWhile, { pool, chunkSize: 1 });
  await sleep(50);
  await close('in mid-run', () => trial.close(pool));
  const done = await results;
  if (done.length !== items.length) trial.score.lost += items.length - done.length;
  await close('closed twice', () => trial.close(pool));
}

async function afterAbort(trial: Trial, close: Close): Promise<void> {
  const pool = trial.openPool({ workers: 2 });
  const controller = new AbortController();
  const results = trial.map([60_000, 60_000, 60_000], computeFor, { pool, signal: controller.signal });
  const settled = results.catch(() => {});
  await sleep(100);
  controller.abort();
  await settled;
  await close('after the abort of heavy tasks', () => trial.close(pool));
}

async function withMany(trial: Trial, close: Close): Promise<void> {
  const workers = trial.isShort ? 8 : 48;
  const pool = trial.openPool({ workers });
  const items = Array.from({ length: 4 * workers }, (_, id) => ({ id, wait: 20 }));
  await trial.map(items, waitAWhile, { pool, chunkSize: 1 });
  await close(`with ${workers} workers`, () => trial.close(pool));
}
