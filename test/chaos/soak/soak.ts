import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { Pool } from '../../../src/index.ts';
import { sharedPool } from '../../../src/flow/pool/pool.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import type { Ground } from '../../model/calls/call.ts';
import { runAtOnce } from '../../model/group.ts';
import { program } from '../../model/programs/arbitrary.ts';
import { type Sample, takeSample } from './sample.ts';

/** Programs that run at once. */
const AT_ONCE = 16;
/** Milliseconds that resources which ended may take to be gone: a sample is taken when nothing moves. */
const SETTLING = 10_000;

/** Settings of a soak. */
export interface Soak {
  readonly seed: number;
  /** Whether there is to be another turn. */
  readonly goesOn: (turns: number) => boolean;
  /** Called after each turn. */
  readonly onTurn: (sample: Sample, turns: number, programs: number) => void;
}

/** Outcome of a soak: the sample of each turn when it was over, and the answers that were not those of a plain loop. */
export interface Soaked {
  readonly samples: readonly Sample[];
  readonly differences: readonly string[];
}

/**
 * Turn after turn of random calls of every form, with failures, timeouts, aborts, deaths, spawned objects and journals, on pools
 * that stay open: one of threads that are replaced now and then, one of processes, and the shared one.
 */
export async function soak({ seed, goesOn, onTurn }: Soak): Promise<Soaked> {
  const samples: Sample[] = [];
  const differences: string[] = [];
  const threads = new Pool({ workers: 2, maxItemsPerWorker: 500 });
  const processes = new Pool({ isolate: 'process', workers: 2 });
  const pools: Ground['pools'] = [
    { pool: threads, isolate: 'thread' },
    { pool: processes, isolate: 'process' },
  ];
  try {
    for (let turns = 0; goesOn(turns); turns++) {
      const folder = await makeFolder('soak');
      try {
        const programs = fc.sample(program, { seed: seed + turns, numRuns: AT_ONCE });
        const found = await runAtOnce(programs, { pools, folder });
        differences.push(...found.map((difference) => `turn ${turns}: ${difference}`));
      } finally {
        await removeFolder(folder);
      }
      samples.push(await settle());
      onTurn(samples.at(-1) as Sample, turns + 1, (turns + 1) * AT_ONCE);
    }
  } finally {
    await Promise.all([threads, processes, sharedPool()].map((pool) => pool.close()));
  }
  return { samples, differences };
}

/** Waits until nothing moves any more: threads that were told to end are gone. */
async function settle(): Promise<Sample> {
  let now = takeSample();
  for (let waited = 0, still = 0; waited < SETTLING && still < 3; waited += 40) {
    await sleep(40);
    const before = now;
    now = takeSample();
    const isStill = (['handles', 'files', 'listeners', 'threads', 'children'] as const).every(
      (what) => now[what] === before[what],
    );
    still = isStill ? still + 1 : 0;
  }
  return now;
}
