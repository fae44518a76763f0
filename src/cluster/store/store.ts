/**
 * The store decides whether an item is lost or doubled; the queue beside it only hands work out, and may lose, repeat
 * and reorder what it likes. Each step below is atomic at the broker and may be sent again: after a lost connection
 * nobody knows whether the step was done.
 *
 * An input that is there is what makes a chunk outstanding. A commit takes the input away and puts the output in its
 * place, so of any number of commits one succeeds.
 */
export interface RunStore {
  /**
   * Takes a run up, under the next epoch, and drops what earlier epochs have outstanding. From then on steps of earlier
   * epochs are refused.
   */
  open(run: string, terms: OpenTerms): Promise<Opened | RefusedOpen>;
  /** Prolongs the lease and the life of all that the run has. Changes nothing unless the epoch is held. */
  renew(run: string, terms: Lease): Promise<EpochState>;
  /**
   * Makes chunks outstanding. Those that are already, or that have an outcome, stay as they are. Changes nothing unless
   * the epoch is held.
   */
  put(run: string, terms: Lease, chunks: readonly NewChunk[]): Promise<EpochState>;
  /** Returns the outputs of those chunks that have one. They stay until `drop`. */
  take(run: string, numbers: readonly number[]): Promise<Map<number, Buffer>>;
  /** Returns which of the chunks are outstanding. */
  findOutstanding(run: string, numbers: readonly number[]): Promise<Set<number>>;
  /** Deletes all that there is of chunks, whichever state they are in. */
  drop(run: string, numbers: readonly number[]): Promise<void>;
  /**
   * Lets a run go, which stays with what has outcomes: drops what is outstanding, ends lease and epoch, and tells nodes.
   * Changes nothing unless the epoch is held.
   */
  leave(run: string, epoch: number): Promise<void>;
  /** Deletes all that there is of a run, unless another epoch holds it, and tells nodes that it is over. */
  end(run: string, epoch: number): Promise<void>;

  /** Returns what a node needs to run a chunk, and counts the start; `undefined` unless the chunk is outstanding. */
  begin(run: string, number: number): Promise<Begun | undefined>;
  /** Keeps what a node has of an outstanding chunk so far. */
  note(run: string, number: number, part: Uint8Array): Promise<void>;
  /** Takes a start back, of a chunk that is handed back unrun. */
  release(run: string, number: number): Promise<void>;
  /** Gives an outstanding chunk its outcomes. Returns false, and changes nothing, when the chunk is not outstanding. */
  commit(run: string, number: number, output: Uint8Array): Promise<boolean>;
}

/**
 * State of an epoch: it may write; the broker knows nothing of it, since it was deleted or lost; or another epoch has taken
 * the run over.
 */
export type EpochState = 'held' | 'gone' | 'superseded';

/** The caller that writes to a run. */
export interface Lease {
  readonly epoch: number;
  /** Name of the caller, its machine and process. */
  readonly caller: string;
  /** Milliseconds that the run stays when nobody writes to it. */
  readonly keep: number;
}

export interface OpenTerms {
  readonly caller: string;
  readonly keep: number;
  /** Facts that must not differ when the run is taken up: task, version, options and input. */
  readonly head: string;
}

export interface Opened {
  readonly kind: 'opened';
  readonly epoch: number;
  /**
   * A number from which on no chunk of the run has had one, nor a chunk of an earlier run of that name: at least the time of
   * the broker, so that a late commit of another run, or of a chunk that the broker has lost, is never taken for one of this.
   */
  readonly next: number;
  /** The metadata of the chunks that have outcomes, by number. */
  readonly committed: ReadonlyMap<number, string>;
}

export type RefusedOpen =
  | { readonly kind: 'mismatch'; readonly head: string }
  | { readonly kind: 'in-use'; readonly caller: string };

/** A chunk on its way into the store. */
export interface NewChunk {
  readonly number: number;
  /** Place of the chunk in the input, as JSON. */
  readonly meta: string;
  readonly input: Uint8Array;
}

/** An outstanding chunk, as a node gets it. */
export interface Begun {
  readonly head: string;
  readonly meta: string;
  readonly input: Buffer;
  /** Notes of a node before this one. */
  readonly part: Buffer | undefined;
  /** Number of starts without a commit or a release, this one included. */
  readonly starts: number;
}

/** Milliseconds that a caller's lease lasts without being renewed. */
export const LEASE = 15_000;
/** Milliseconds between two renewals. */
export const RENEWAL = 5000;
/** Milliseconds that a run without a name stays when nobody renews it. */
export const KEEP_UNNAMED: number = LEASE + 60_000;
/** Milliseconds after which a node that says nothing is not there. */
export const NODE_LIFE = 15_000;

/** Names of keys, channels and tables at the broker begin with this. */
export const PREFIX = 'telar';
