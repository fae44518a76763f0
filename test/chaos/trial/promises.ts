import { setTimeout as sleep } from 'node:timers/promises';

/** A promise that has not settled this long after all else was over, in ms, never will. */
const PATIENCE = 10_000;

/** Keeps book of every promise that the public calls gave, until it settles. */
export class Promises {
  made = 0;
  readonly #pending = new Map<number, string>();

  /** Gives the same promise, and notes it under what it was for. */
  watch<T>(name: string, promise: Promise<T>): Promise<T> {
    const id = this.made++;
    this.#pending.set(id, name);
    const settle = (): void => void this.#pending.delete(id);
    promise.then(settle, settle);
    return promise;
  }

  get pending(): readonly string[] {
    return [...this.#pending.values()];
  }

  /** Lists the promises that never settle. Returns as soon as all have settled. */
  async listStuck(patience: number = PATIENCE): Promise<readonly string[]> {
    for (let waited = 0; waited < patience && this.#pending.size > 0; waited += 10) await sleep(10);
    return this.pending;
  }
}
