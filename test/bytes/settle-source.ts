import type { ByteSource } from 'telar/files';
import { pipeline, type WorkerPool } from 'telar';

/** Outcome of a source in a pipeline: its records, and the text that could not be read. */
export interface SettledSource<T> {
  readonly records: T[];
  readonly errors: string[];
}

/** Returns a function that reads a source on the pool to its end. */
export function settleOn(pool: WorkerPool): <T>(source: ByteSource<T>) => Promise<SettledSource<T>> {
  return async (source) => {
    const errors: string[] = [];
    const records = await pipeline(source)
      .onError(({ error }) => errors.push(error.message))
      .toArray({ pool });
    return { records, errors };
  };
}
