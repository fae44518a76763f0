import type { EncodedFormat } from './format.ts';

/** Where the results of a pipeline go, with `.to(sink)`. Each run opens it anew. */
export type Sink<T> = ByteSink<T> | ValueSink<T>;

/** A sink of bytes: the workers encode the results, the main thread only writes. */
export interface ByteSink<T> {
  readonly kind: 'bytes';
  /** Opens it. Rejects when it cannot be opened; then nothing is left behind. */
  open(): Promise<ByteWriter>;
  /** Only for the compiler: what it takes. */
  readonly accepts?: (result: T) => void;
}

/** A sink of values, for what cannot be encoded on a worker. */
export interface ValueSink<T> {
  readonly kind: 'values';
  open(): Promise<ValueWriter<T>>;
}

/**
 * Calls do not overlap: the next comes when the last has resolved; only `abort` may come while another is pending. A
 * rejection ends the run, which then aborts.
 */
export interface ByteWriter {
  /** What the workers are to encode results as. */
  readonly format: EncodedFormat;
  /** Resolves when there is room for more. `columns` are those of a format that takes them from the first record. */
  write(bytes: Uint8Array, records: number, columns: readonly string[] | undefined): Promise<void>;
  /** Everything was written: makes it durable and visible. */
  end(): Promise<void>;
  /** The run has failed: removes what was written as far as that can be done. Does not reject. */
  abort(): Promise<void>;
}

/** See `ByteWriter`. */
export interface ValueWriter<T> {
  write(results: readonly T[]): Promise<void>;
  end(): Promise<void>;
  abort(): Promise<void>;
}
