import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { parallelMap, Pool } from 'telar';
import { census } from '../census.ts';
import { work } from '../fixtures/tasks/unhurried.ts';
import { listChildren, listThreads } from '../harness/alive.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { until } from '../harness/latch.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';
import { runCalls, runObject } from './calls.ts';
import { drawTrial, type Strike, type Trial } from './trial.ts';

census();

/** Effect of the strikes of a trial. */
interface Toll {
  deaths: number;
  /** Number of threads among them that are no worker of a pool of processes. */
  threads: number;
}

/** Ends one of the workers that are alive, as somebody outside would. */
async function strike({ after, how, whom }: Strike, toll: Toll): Promise<void> {
  await sleep(after);
  const victims = [...listThreads(), ...listChildren()];
  const victim = victims[whom % victims.length];
  if (victim === undefined) return;
  if (!('kill' in victim)) {
    if (how !== 'stop and go on') await endThread(victim, toll);
    return;
  }
  if (how !== 'stop and go on') {
    toll.deaths++;
    victim.kill(how);
    return;
  }
  victim.kill('SIGSTOP');
  await sleep(whom % 50);
  victim.kill('SIGCONT');
}

async function endThread(thread: Worker, toll: Toll): Promise<void> {
  toll.deaths++;
  toll.threads++;
  await thread.terminate();
}

async function runTrial(trial: Trial): Promise<void> {
  const folder = await makeFolder('killed');
  const mark = join(folder, 'mark');
  const { isolate, workers, retries, strikes, isWarm } = trial;
  const pool = new Pool({ isolate, workers });
  const toll: Toll = { deaths: 0, threads: 0 };
  try {
    if (isWarm) await parallelMap([{ n: 1 }, { n: 2 }, { n: 3 }], work, { pool, chunkSize: 1 });
    const [failed] = await Promise.all([
      runCalls(pool, trial, mark),
      runObject(trial, () => toll.threads > 0),
      ...strikes.map((each) => strike(each, toll)),
    ]);
    const deaths = toll.deaths + (existsSync(mark) ? 1 : 0);
    const blamed = failed.filter((error) => error.name === 'WorkerError');
    // A worker is on one item: with each death one may be to blame, as far as anybody can tell.
    assert.ok(blamed.length <= (retries === 0 ? deaths : 0), failed.map(String).join('\n'));
    if (failed.length > blamed.length) assert.ok(deaths > 1, failed.map(String).join('\n'));
  } finally {
    await pool.close();
    await removeFolder(folder);
  }
  await until(() => listThreads().length === 0 && listChildren().length === 0);
}

describe('calls whose workers are ended, or stopped, from outside at random moments', () => {
  for (const [isolate, trials] of [
    ['thread', sample(2, 100)],
    ['process', sample(1, 60)],
    ['suspects', sample(1, 40)],
  ] as const) {
    test(`lose nothing, blame no innocent item, and close all: isolate '${isolate}'`, async () => {
      await assertProperty(fc.asyncProperty(drawTrial(isolate), runTrial), {
        seed: 20_261_129,
        numRuns: trials,
      });
    });
  }
});
