import type { CallOptions, RunSummary, WorkerPool } from 'telar';

/** The result of a call, with how many of its items there were, and how many an earlier call had done. */
export interface Counted<R> {
  readonly result: R;
  readonly resumed: number;
  readonly items: number;
}

/** Returns a function that makes a call on the pool, and says how many outcomes were those of before. */
export function countOn(
  pool: WorkerPool,
): <R>(call: (options: CallOptions) => Promise<R>, options: CallOptions) => Promise<Counted<R>> {
  return async (call, options) => {
    let summary: RunSummary | undefined;
    const result = await call({ pool, ...options, onSummary: (told) => (summary = told) });
    return { result, resumed: summary?.resumed ?? -1, items: summary?.items ?? -1 };
  };
}
