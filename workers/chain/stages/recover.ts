import { setTimeout as sleep } from 'node:timers/promises';
import { LONGEST_DELAY } from '../../../src/async/backoff.ts';
import type { RevivedRetry } from './stage.ts';

/** A stage that failed on an item, and may be tried again. */
export interface Recovery {
  readonly value: unknown;
  readonly thrown: unknown;
  readonly retry: RevivedRetry;
  /** Number of the try that failed. */
  readonly attempt: number;
  readonly call: (attempt: number) => Promise<unknown>;
}

export type Recovered =
  | { readonly isRecovered: true; readonly result: unknown }
  | { readonly isRecovered: false; readonly attempts: number; readonly thrown: unknown };

/** Tries a stage again until it succeeds, or its policy has no further try. Nothing else runs here meanwhile. */
export async function recover({ thrown, retry, attempt, call }: Recovery): Promise<Recovered> {
  let last = thrown;
  for (let tries = attempt; ; tries++) {
    try {
      if (tries > retry.most || !(await retry.when(last))) {
        return { isRecovered: false, attempts: tries, thrown: last };
      }
      const wait = Number(await retry.delay(tries));
      // A timer that is told to take longer fires at once.
      if (wait > 0) await sleep(wait > LONGEST_DELAY ? LONGEST_DELAY : wait);
    } catch (wrong) {
      // An error of the user's own `when` or `delay` is the failure then.
      return { isRecovered: false, attempts: tries, thrown: wrong };
    }
    try {
      return { isRecovered: true, result: await call(tries + 1) };
    } catch (again) {
      last = again;
    }
  }
}
