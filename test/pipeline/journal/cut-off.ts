import type { PipelineSummary, RunOptions, WorkerPool } from 'telar';

/** Called for each item that passes a tap of the test. An object: the text of the tap is the same in each run. */
export const ticker: { tick: () => void } = { tick: () => {} };

/** A signal that fires when so many items have passed. */
export function abortAfter(ticks: number): AbortSignal {
  const controller = new AbortController();
  let left = ticks;
  ticker.tick = () => void (left-- === 0 && controller.abort(new Error('cut off')));
  return controller.signal;
}

/** The items, some of which one has to wait for. */
export async function* each(items: readonly unknown[]): AsyncGenerator<unknown> {
  for (const [at, item] of items.entries()) {
    if (at % 40 === 0) await new Promise(setImmediate);
    yield item;
  }
}

/** Runs again and again, each time a little further, until it comes to its end. */
export async function runInParts(
  pool: WorkerPool,
  run: (options: RunOptions) => Promise<PipelineSummary>,
  journal: string,
  random: () => number,
): Promise<{ cuts: number; last: PipelineSummary }> {
  for (let cuts = 0; ; cuts++) {
    try {
      const signal = cuts < 12 ? abortAfter(1 + random()) : undefined;
      if (signal === undefined) ticker.tick = () => {};
      return { cuts, last: await run({ pool, journal, signal }) };
    } catch (thrown) {
      if ((thrown as Error).message !== 'cut off') throw thrown;
    }
  }
}
