import { writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { JournalError } from '../errors/journal-error.ts';
import type { RunIdentity } from './header.ts';
import { encodeLine, type JournalRecord } from './lines/line.ts';
import type { Lock } from './lock/lock.ts';
import { GroupSync } from './durable/group-sync.ts';

export interface JournalPlan {
  readonly path: string;
  readonly identity: RunIdentity;
  /** Treatment of the journal of another run. */
  readonly onMismatch: 'refuse' | 'restart';
  /** Called with each record that is there, in order. */
  readonly onRecord: (record: JournalRecord) => void;
  /** Called once, when the journal cannot be written any more: for a full disk, say. */
  readonly onFailure: (error: JournalError) => void;
}

/**
 * A file of records that is only ever appended to, so that a run can go on where it ended: after an error, `kill -9` or
 * a power cut.
 *
 * Records reach the system in the turn of the event loop in which they were appended, and so outlive the process; they
 * are made durable in groups, at most 50 ms or 256 KB later, with one `fdatasync`. Whoever opens a journal reads it up
 * to the first line that is not as it was written, and cuts off the rest.
 */
export class Journal {
  readonly path: string;
  /** Identity of the run, which is the same from its first start to its end. */
  readonly run: string;
  readonly #handle: FileHandle;
  readonly #sync: GroupSync;
  readonly #lock: Lock;
  readonly #onFailure: JournalPlan['onFailure'];
  #checksum: number;
  #lines = '';
  #immediate: NodeJS.Immediate | undefined;
  #failure: JournalError | undefined;

  /** @internal Use `openJournal`. */
  constructor(plan: JournalPlan, handle: FileHandle, lock: Lock, run: string, checksum: number) {
    this.path = plan.path;
    this.run = run;
    this.#handle = handle;
    this.#sync = new GroupSync(handle, (thrown) => this.#fail(thrown));
    this.#lock = lock;
    this.#onFailure = plan.onFailure;
    this.#checksum = checksum;
  }

  /** Adds a record. Never blocks, never throws: `onFailure` tells of a failure. */
  append(record: JournalRecord): void {
    if (this.#failure !== undefined) return;
    const { line, checksum } = encodeLine(record, this.#checksum);
    this.#checksum = checksum;
    this.#lines += line;
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.write();
    });
  }

  /** Resolves when all records that were appended are durable. Rejects when they cannot be. */
  async flush(): Promise<void> {
    this.write();
    await this.#sync.flush();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Makes durable all records that were appended, and lets others have the journal. Rejects when they cannot be made
   * durable.
   */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      clearImmediate(this.#immediate);
      this.#sync.stop();
      await this.#handle.close();
      await this.#lock.release();
    }
  }

  /** Hands the lines to the system, which takes them into memory: some 10 µs, whatever the disk does. */
  write(): void {
    if (this.#lines === '' || this.#failure !== undefined) return;
    const bytes = Buffer.from(this.#lines);
    this.#lines = '';
    try {
      for (let from = 0; from < bytes.length;) from += writeSync(this.#handle.fd, bytes, from);
    } catch (thrown) {
      this.#fail(thrown);
      return;
    }
    this.#sync.add(bytes.length);
  }

  #fail(thrown: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = describeError(this.path, 'written', thrown);
    this.#sync.stop();
    this.#onFailure(this.#failure);
  }
}

/** @internal */
export function describeError(path: string, what: string, thrown: unknown): JournalError {
  const { message } = thrown as Error;
  return new JournalError(
    `The journal ${path} cannot be ${what}: ${message}.`,
    { path, reason: 'io' },
    { cause: thrown },
  );
}
