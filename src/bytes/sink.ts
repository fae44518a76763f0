import type { EncodedFormat } from './format.ts';

/** A place for the results of a pipeline, given to `.to(sink)`. Each run opens it anew. */
export type Sink<T> = ByteSink<T> | ValueSink<T>;

/** Facts that a sink may want to know of the run that opens it. */
export interface SinkOpening {
  /** Source of the pipeline. */
  readonly input?: unknown;
  /** Signal that ends the run: a sink that waits to be opened need not wait on. */
  readonly signal?: AbortSignal | undefined;
}

/** A sink of bytes: the workers encode the results, and the main thread only writes. */
export interface ByteSink<T> {
  readonly kind: 'bytes';
  /** Opens the sink. Rejects when it cannot be opened; then nothing is left behind. */
  open(opening?: SinkOpening): Promise<ByteWriter>;
  /** Opens the sink for a run with a journal. A sink without this takes no such runs. */
  readonly resumable?: Resumable<ByteWriter> | undefined;
  /** Type of the results that the sink takes; only for the compiler. */
  readonly accepts?: (result: T) => void;
}

/** A sink of values, for results that cannot be encoded on a worker. */
export interface ValueSink<T> {
  readonly kind: 'values';
  open(opening?: SinkOpening): Promise<ValueWriter<T>>;
  readonly resumable?: Resumable<ValueWriter<T>> | undefined;
}

/**
 * Writes the bytes of one run. Calls do not overlap: the next comes when the last has resolved; only `abort` may come
 * while another is pending. A rejection ends the run, which then aborts.
 */
export interface ByteWriter {
  /**
   * Whether a run that fails leaves nothing of its results: then it may end as soon as it has failed.
   * `@defaultValue` false
   */
  readonly isAtomic?: boolean | undefined;
  /**
   * Whether nobody reads the bytes any more once `write` has resolved, so that their memory may be used again.
   * `@defaultValue` false
   */
  readonly freesBytes?: boolean | undefined;
  /** Format in which the workers are to encode results. */
  readonly format: EncodedFormat;
  /**
   * Writes bytes; resolves when there is room for more. `columns` are those of a format that takes them from the first
   * record.
   */
  write(bytes: Uint8Array, records: number, columns: readonly string[] | undefined): Promise<void>;
  /** Ends the output, once everything was written: makes it durable and visible. */
  end(): Promise<void>;
  /**
   * Gives the output up, when the run has failed: removes what was written as far as that can be done. Does not reject.
   * A run waits for it for up to 30 s.
   */
  abort(): Promise<void>;
}

/** Writes the results of one run; for the calls see `ByteWriter`. */
export interface ValueWriter<T> {
  write(results: readonly T[]): Promise<void>;
  end(): Promise<void>;
  abort(): Promise<void>;
}

/** The part of a sink that goes on where a run was cut off. */
export interface Resumable<W> {
  /** Name of the sink, in words and with all that matters: a sink of another name refuses the journal. */
  readonly name: string;
  /** Reason why the sink as it is cannot go on, such as a stream for its target; `undefined` when it can. */
  readonly refusal?: string | undefined;
  /** Whether the sink keeps the points of its checkpoints with the results, so that both are there or neither. */
  readonly keepsPoint?: boolean | undefined;
  /** Opens the sink for a new run, or for one that goes on: then what came after the last checkpoint is taken back. */
  open(run: SinkRun): Promise<W & Checkpoints>;
}

/** A run with a journal, as its sinks see it. */
export interface SinkRun extends SinkOpening {
  /** Identity of the run, shared by all runs that go on with it. */
  readonly id: string;
  /** Word for names of files: the same for all runs with this journal, and another one for each of its sinks. */
  readonly place: string;
  /** State that the last checkpoint gave; `undefined` for a new run. */
  readonly state: unknown;
  /** Whether all results were written before, and only `end` is still to come, if it had not come already. */
  readonly isEnded: boolean;
}

/**
 * Calls that a writer has in addition for a run with a journal. Its `abort` keeps what the last checkpoint vouches for.
 */
export interface Checkpoints {
  /**
   * Makes durable what was written before the call, and gives what is needed to go on from there, as plain data. Writes
   * may come while the call is pending; another checkpoint may not.
   *
   * @param point - Place where the run stands. A sink that can keep it together with the results gives it back as
   *   `kept`.
   */
  checkpoint(point: unknown): Promise<unknown>;
  /**
   * Ends the writer in the place of `end`, where another run goes on behind the last checkpoint: what was written can
   * be seen meanwhile. `@defaultValue` `abort`
   */
  pause?(): Promise<void>;
  /** Point that was kept with the results: the one in the journal is the same, or older. */
  readonly kept?: { readonly point: unknown } | undefined;
}
