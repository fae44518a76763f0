import type {
  Begun,
  EpochState,
  Lease,
  NewChunk,
  Opened,
  OpenTerms,
  RefusedOpen,
  RunStore,
} from '../store.ts';
import { LEASE } from '../store.ts';
import { type CommitNews, endChannel } from './notify.ts';
import type { Connections, Row } from './connections.ts';
import * as statements from './statements.ts';

/** Runs on a PostgreSQL server. */
export class PostgresRuns implements RunStore {
  readonly #connections: Connections;
  readonly #queue: string;
  readonly #news: CommitNews;

  constructor(connections: Connections, queue: string, news: CommitNews) {
    this.#connections = connections;
    this.#queue = queue;
    this.#news = news;
  }

  /**
   * These are statements of their own, and each may be the last that is done: the epoch ends what older ones may put, so
   * what they have outstanding can only become less, and the next `open` begins anew.
   */
  async open(run: string, { head, caller, keep }: OpenTerms): Promise<Opened | RefusedOpen> {
    const terms = [caller, LEASE, keep, head];
    // The run is created, taken up or shown, until one of these is so: meanwhile others may end, delete or take up the run.
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- each step depends on the answer to the one before.
      const [created] = await this.#query(statements.CREATE_RUN, run, ...terms);
      if (created !== undefined) return readOpened(created, []);
      // oxlint-disable-next-line no-await-in-loop -- each step depends on the answer to the one before.
      const opened = await this.#takeUp(run, terms);
      if (opened !== undefined) return opened;
      // oxlint-disable-next-line no-await-in-loop -- each step depends on the answer to the one before.
      const [there] = await this.#query(statements.SHOW_RUN, run);
      const refused = there && readRefused(there, head, caller);
      if (refused !== undefined) return refused;
      // oxlint-disable-next-line no-await-in-loop -- each step depends on the answer to the one before.
      if (there === undefined) await this.#query(statements.DELETE_OVER, run);
    }
  }

  async renew(run: string, terms: Lease): Promise<EpochState> {
    return await this.#write(statements.RENEW, run, terms, []);
  }

  async put(run: string, terms: Lease, chunks: readonly NewChunk[]): Promise<EpochState> {
    const starts: number[] = [];
    let end = 0;
    for (const { input } of chunks) {
      // SQL counts from one.
      starts.push(end + 1);
      end += input.byteLength;
    }
    const columns = [
      chunks.map(({ number }) => number),
      chunks.map(({ meta }) => meta),
      Buffer.concat(chunks.map(({ input }) => input)),
      starts,
      chunks.map(({ input }) => input.byteLength),
    ];
    return await this.#write(statements.PUT, run, terms, columns);
  }

  async take(run: string, numbers: readonly number[]): Promise<Map<number, Buffer>> {
    if (numbers.length === 0) return new Map();
    const rows = await this.#query(statements.TAKE, run, numbers);
    return new Map(rows.map(({ n, output }) => [Number(n), output as Buffer]));
  }

  async findOutstanding(run: string, numbers: readonly number[]): Promise<Set<number>> {
    if (numbers.length === 0) return new Set();
    const rows = await this.#query(statements.FIND_OUTSTANDING, run, numbers);
    return new Set(rows.map(({ n }) => Number(n)));
  }

  async drop(run: string, numbers: readonly number[]): Promise<void> {
    if (numbers.length > 0) await this.#query(statements.DROP, run, numbers);
  }

  async leave(run: string, epoch: number): Promise<void> {
    await this.#query(statements.LEAVE, run, epoch, endChannel(this.#queue));
  }

  async end(run: string, epoch: number): Promise<void> {
    await this.#query(statements.END, run, epoch, endChannel(this.#queue));
  }

  async begin(run: string, number: number): Promise<Begun | undefined> {
    const [begun] = await this.#query(statements.BEGIN, run, number);
    if (begun === undefined) return undefined;
    // An output that is committed meanwhile is as if it had been committed before.
    const payloads = begun['isLarge'] === true ? (await this.#query(statements.READ, run, number))[0] : begun;
    if (payloads === undefined) return undefined;
    return {
      head: begun['head'] as string,
      meta: begun['meta'] as string,
      input: payloads['input'] as Buffer,
      part: (payloads['part'] as Buffer | null) ?? undefined,
      starts: begun['starts'] as number,
    };
  }

  async note(run: string, number: number, part: Uint8Array): Promise<void> {
    await this.#query(statements.NOTE, run, number, asBuffer(part));
  }

  async release(run: string, number: number): Promise<void> {
    await this.#query(statements.RELEASE, run, number);
  }

  async commit(run: string, number: number, output: Uint8Array): Promise<boolean> {
    const rows = await this.#query(statements.COMMIT, run, number, asBuffer(output));
    if (rows.length === 0) return false;
    this.#news.say(run);
    return true;
  }

  async #takeUp(run: string, terms: readonly unknown[]): Promise<Opened | undefined> {
    const [row] = await this.#query(statements.TAKE_UP, run, ...terms);
    if (row === undefined) return undefined;
    await this.#query(statements.DROP_OLD, run, row['epoch']);
    // Nothing of older epochs is outstanding any more, so nothing can be committed behind this.
    return readOpened(row, await this.#query(statements.LIST_COMMITTED, run));
  }

  /** Writes what an epoch may write, or says what has become of the run that it does not hold. */
  async #write(
    statement: string,
    run: string,
    { epoch, caller, keep }: Lease,
    columns: readonly unknown[],
  ): Promise<EpochState> {
    const rows = await this.#query(statement, run, caller, LEASE, keep, epoch, ...columns);
    if (rows.length > 0) return 'held';
    const [there] = await this.#query(statements.SHOW_RUN, run);
    // An epoch that is to come is one that the server has lost.
    return there === undefined || Number(there['epoch']) < epoch ? 'gone' : 'superseded';
  }

  async #query(statement: string, run: string, ...values: readonly unknown[]): Promise<readonly Row[]> {
    return await this.#connections.query(statement, [this.#queue, run, ...values]);
  }
}

function readOpened({ epoch, next }: Row, committed: readonly Row[]): Opened {
  return {
    kind: 'opened',
    epoch: Number(epoch),
    next: Number(next),
    committed: new Map(committed.map(({ n, meta }) => [Number(n), meta as string])),
  };
}

/** Returns why a run is not taken up; `undefined` when there is no reason any more. */
function readRefused({ head, holder }: Row, wanted: string, caller: string): RefusedOpen | undefined {
  if (head !== wanted) return { kind: 'mismatch', head: head as string };
  return holder === null || holder === caller ? undefined : { kind: 'in-use', caller: holder as string };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
