import { setTimeout as sleep } from 'node:timers/promises';
import { TaskTimeoutError } from 'telar';
import { type Ill, ills, runIll } from '../tasks/ills.ts';
import type { Scenario, Trial } from '../trial/trial.ts';

/** Longer where other tests run beside it: the healthy items have to be done in that time. */
const timeoutOf = ({ isShort }: Trial): number => (isShort ? 800 : 200);
/** Milliseconds for which the CPU is watched afterwards, and the percentage that it may take. */
const WATCHED = 400;
const MOST_CPU = 5;
/** Number of looks: a load that goes on is seen each time; a worker that just starts in the place of another, once. */
const LOOKS = 5;

export const timeouts: Scenario = {
  name: 'timeouts',
  claim: 'an item that never ends is settled after its timeout, and nothing goes on',
  isolates: ['thread', 'process'],
  run: async (trial) => {
    const timeout = timeoutOf(trial);
    const wrong: string[] = [];
    let latest = 0;
    let busiest = 0;
    for (const ill of Object.keys(ills) as Ill[]) {
      await trial.withPool({ workers: 2 }, async (pool) => {
        await trial.map([1, 2, 3, 4], runIll, { pool, chunkSize: 1 });
        const items = [1, ill, 3, 4, 5, 6];
        const began = performance.now();
        const outcomes = await trial.settled(items, runIll, { pool, timeout });
        latest = Math.max(latest, performance.now() - began - timeout);
        outcomes.forEach((outcome, index) => {
          const isRight =
            index === 1
              ? outcome.status === 'rejected' && outcome.reason instanceof TaskTimeoutError
              : outcome.status === 'fulfilled' && outcome.value === items[index];
          if (!isRight) wrong.push(`${ill}: item ${index} was ${outcome.status}`);
        });
        await sleep(50);
        busiest = Math.max(busiest, await measureRest());
      });
    }
    trial.score.unexpected += wrong.length;
    trial.figures.none('items misjudged', wrong);
    trial.figures.within('settled after the timeout', latest, 500, 'ms');
    trial.figures.within('CPU afterwards', busiest, MOST_CPU, '%');
  },
};

/** Measures the part of a core that the process takes while nothing is to be done, in percent. */
async function measureRest(): Promise<number> {
  let least = Infinity;
  for (let looks = 0; looks < LOOKS && least > MOST_CPU; looks++) {
    const before = process.cpuUsage();
    // oxlint-disable-next-line no-await-in-loop -- one look after the other.
    await sleep(WATCHED);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 10 / WATCHED);
  }
  return least;
}
