import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds after which a call that has not settled never will, also where ten programs share two cores. */
const PATIENCE = 90_000;
/** Milliseconds that resources may take to be closed which a call closes at its end. */
const CLOSING = 10_000;

/** The most problems that are told of one call. */
const MOST_PROBLEMS = 5;

const context = new AsyncLocalStorage<string>();

/** Something never settled: nothing that runs beside it can be trusted any more. */
export class Hang extends Error {
  override name = 'Hang';
}

/** Watches one call: that all of its callbacks run in its context, that it settles, and that it closes what it opened. */
export class Watch {
  readonly name: string;
  readonly problems: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Does something in a context of this call's own, as a server does for a request. */
  enter<T>(fn: () => T): T {
    return context.run(this.name, fn);
  }

  /** Called in each callback. */
  here(callback: string): void {
    const store = context.getStore();
    if (store !== this.name) this.report(`${callback} ran in the context of ${store ?? 'nobody'}`);
  }

  report(problem: string): void {
    // An answer that is wrong for one item is wrong for many.
    if (this.problems.length < MOST_PROBLEMS && !this.problems.includes(problem)) this.problems.push(problem);
  }

  /** Waits for what must settle. */
  async settled<T>(what: string, promise: PromiseLike<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Hang(`${what} never settled`)), PATIENCE);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Reports what is not so in time after the call's end. */
  async expectSoon(what: string, holds: () => boolean): Promise<void> {
    for (let waited = 0; waited < CLOSING && !holds(); waited += 5) await sleep(5);
    if (!holds()) this.report(what);
  }

  /** Nothing listens to a signal whose call is over. */
  async expectUnheard(signal: AbortSignal): Promise<void> {
    await this.expectSoon(
      'listeners are left on its signal',
      () => getEventListeners(signal, 'abort').length === 0,
    );
  }
}
