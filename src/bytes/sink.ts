import type { EncodedFormat } from './format.ts';

/** Where the results of a pipeline go, with `.to(sink)`. Each run opens it anew. */
export type Sink<T> = ByteSink<T> | ValueSink<T>;

/** What a sink may want to know of the run that opens it. */
export interface SinkOpening {
  /** The source of the pipeline. */
  readonly input?: unknown;
  /** Ends the run: a sink that waits to be opened need not wait on. */
  readonly signal?: AbortSignal | undefined;
}

/** A sink of bytes: the workers encode the results, the main thread only writes. */
export interface ByteSink<T> {
  readonly kind: 'bytes';
  /** Opens it. Rejects when it cannot be opened; then nothing is left behind. */
  open(opening?: SinkOpening): Promise<ByteWriter>;
  /** Opens it for a run with a journal. A sink without it takes no such runs. */
  readonly resumable?: Resumable<ByteWriter> | undefined;
  /** Only for the compiler: what it takes. */
  readonly accepts?: (result: T) => void;
}

/** A sink of values, for what cannot be encoded on a worker. */
export interface ValueSink<T> {
  readonly kind: 'values';
  open(opening?: SinkOpening): Promise<ValueWriter<T>>;
  readonly resumable?: Resumable<ValueWriter<T>> | undefined;
}

/**
 * Calls do not overlap: the next comes when the last has resolved; only `abort` may come while another is pending. A
 * rejection ends the run, which then aborts.
 */
export interface ByteWriter {
  /** Whether a run that fails leaves nothing of it: then it may end as soon as it has failed. `@defaultValue` false */
  readonly isAtomic?: boolean | undefined;
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

/** How a sink goes on where a run was cut off. */
export interface Resumable<W> {
  /** What it is, in words and with all that matters: another one refuses the journal. */
  readonly name: string;
  /** Why it can do so not as it is, such as with a stream for its target; `undefined` when it can. */
  readonly refusal?: string | undefined;
  /** Whether it keeps the points of its checkpoints with the results, so that both are there or neither. */
  readonly keepsPoint?: boolean | undefined;
  /** Opens it for a new run, or for one that goes on: then what came after the last checkpoint is taken back. */
  open(run: SinkRun): Promise<W & Checkpoints>;
}

/** A run with a journal, as its sinks see it. */
export interface SinkRun extends SinkOpening {
  /** The same for a run and for those that go on with it. */
  readonly id: string;
  /** A word for names of files: the same for all runs with this journal, and another one for each of its sinks. */
  readonly place: string;
  /** What the last checkpoint gave; `undefined` for a new run. */
  readonly state: unknown;
  /** Whether all was written before, and only `end` is still to come, if it had not come already. */
  readonly isEnded: boolean;
}

/** What a writer does more for a run with a journal. Its `abort` keeps what the last checkpoint vouches for. */
export interface Checkpoints {
  /**
   * Makes durable what was written before the call, and gives what is needed to go on from there, as plain data. Writes
   * may come while it is pending; another checkpoint may not.
   *
   * @param point - Where the run stands. Who can keep it together with the results gives it back as `kept`.
   */
  checkpoint(point: unknown): Promise<unknown>;
  /**
   * In the place of `end`, where another run goes on behind the last checkpoint: what was written can be seen meanwhile.
   * `@defaultValue` `abort`
   */
  pause?(): Promise<void>;
  /** The point that was kept with the results: what the journal says is the same, or older. */
  readonly kept?: { readonly point: unknown } | undefined;
}
