import { finished } from 'node:stream/promises';
import type { CopyFormat } from '../../../bytes/format.ts';
import type { Lease } from '../connection/lease.ts';
import { describeRejected, isOfRow, type RejectedRow, type RejectedRows } from '../rejected/rejected-rows.ts';
import { type CopyTarget, openCopy, type Prepare, rollBack } from './copy-transaction.ts';

const LINE_FEED = 10;

/**
 * One transaction that copies rows block by block, each behind a savepoint: of a block that the server refuses, the
 * halves are copied by themselves, and so on, down to the rows at fault. The rows at fault go elsewhere, and all others
 * stay.
 */
export class SavepointTransaction {
  readonly format: CopyFormat;
  readonly #lease: Lease;
  readonly #target: CopyTarget;
  readonly #rejected: RejectedRows;
  #working: Promise<unknown> = Promise.resolve();

  private constructor(lease: Lease, target: CopyTarget, rejected: RejectedRows) {
    this.format = target.format;
    this.#lease = lease;
    this.#target = target;
    this.#rejected = rejected;
  }

  /** Begins a transaction. When this rejects, `rollBack` is to be called. */
  static async begin(lease: Lease, prepare: Prepare, rejected: RejectedRows): Promise<SavepointTransaction> {
    // Constraints that are checked at the end only would fail all rows at once.
    await lease.guard(lease.client.query('BEGIN; SET CONSTRAINTS ALL IMMEDIATE'));
    return new SavepointTransaction(lease, await lease.guard(prepare(lease)), rejected);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#work(() => this.#copy(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  }

  async commit(last?: () => Promise<void>): Promise<void> {
    await this.#work(async () => {
      await this.#target.finish?.();
      await last?.();
      await this.#lease.guard(this.#lease.client.query('COMMIT'));
    });
  }

  async abort(): Promise<Error | undefined> {
    const working = this.#working.catch(() => {});
    await this.#lease.interrupt(working);
    return await rollBack(this.#lease);
  }

  async #work(task: () => Promise<void>): Promise<void> {
    const working = task();
    this.#working = working;
    await working;
  }

  async #copy(bytes: Buffer): Promise<void> {
    const refusal = await trySavepoint(this.#lease, () => this.#send(bytes));
    if (refusal === undefined) return;
    const middle = findMiddle(bytes);
    if (middle === bytes.length) {
      await this.#rejected.write(describeRejected(this.#readRow(bytes), refusal));
      return;
    }
    await this.#copy(bytes.subarray(0, middle));
    await this.#copy(bytes.subarray(middle));
  }

  async #send(bytes: Buffer): Promise<void> {
    const stream = await openCopy(this.#lease, this.#target);
    const done = finished(stream);
    stream.end(bytes);
    await this.#lease.guard(done);
  }

  #readRow(line: Buffer): RejectedRow['row'] {
    const fields = line.toString().replace(/\n$/, '').split('\t');
    const { columns, missing } = this.format;
    const given = missing === 'listed' ? fields.at(-1) : undefined;
    const row: Record<string, string | null> = {};
    for (const [at, { name }] of columns.entries()) {
      const field = fields[at];
      if (field === undefined || field === '\\D' || given?.[at] === '0') continue;
      row[name] =
        field === '\\N' ? null : field.replace(/\\(.)/g, (_, code: string) => UNESCAPED[code] ?? code);
    }
    return row;
  }
}

const UNESCAPED: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r' };

/**
 * Finds the place between two rows near the middle; the end where there is one row. Line feeds within rows are escaped.
 */
function findMiddle(bytes: Buffer): number {
  const half = bytes.length >> 1;
  const before = bytes.lastIndexOf(LINE_FEED, half - 1) + 1;
  if (before > 0 && before < bytes.length) return before;
  return bytes.indexOf(LINE_FEED, half) + 1 || bytes.length;
}

/** Does some work in the transaction. Where it is refused for a row, takes it back, and resolves to the refusal. */
export async function trySavepoint(lease: Lease, work: () => Promise<unknown>): Promise<unknown> {
  const run = (text: string): Promise<unknown> => lease.guard(lease.client.query(text));
  await run('SAVEPOINT telar');
  try {
    await work();
  } catch (thrown) {
    if (lease.lost !== undefined || !isOfRow(thrown)) throw thrown;
    await run('ROLLBACK TO SAVEPOINT telar; RELEASE SAVEPOINT telar');
    return thrown;
  }
  await run('RELEASE SAVEPOINT telar');
  return undefined;
}
