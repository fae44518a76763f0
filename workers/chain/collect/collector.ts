import type { Transferable } from 'node:worker_threads';
import type { Encoder } from '../../../src/bytes/encode/encoder.ts';
import { type Packed, packValues } from '../../../src/wire/pack/pack.ts';
import { SizeSampler } from '../../../src/wire/pack/size.ts';
import type { ChunkMessage } from '../../../src/wire/message/message.ts';
import type { Collected } from '../../../src/wire/message/payload.ts';
import { describeThrown } from '../../../src/wire/values/error.ts';
import { collectTransfers, forgetTransfers } from '../../../src/wire/values/transfer.ts';
import { findUncloneable } from '../../../src/wire/values/uncloneable.ts';
import type { GuardCall } from '../../userland/chain-guard.ts';

/** Takes what leaves the last stage, for one chunk after the other. */
export interface Collector {
  /**
   * Drops what was collected, as a chunk begins.
   *
   * @param chunk - The chunk that begins, with the memory that was lent for bytes.
   */
  reset(chunk?: ChunkMessage): void;
  /** Bytes that the chunk's answer takes, about. */
  readonly bytes: number;
  /**
   * Adds a value. Throws for one that the collector cannot take.
   *
   * @param at - The item, or record of a block, that the value is of.
   */
  add(value: unknown, at: number): void;
  /** Guards all calls of the user's from now on; see `ChainGuard`. */
  guard?(guard: GuardCall): void;
  savepoint(): number;
  /** Forgets what came after a savepoint, as far as that can be done. */
  rollBack(savepoint: number): void;
  /** Returns what was collected. Called again, without what cannot be cloned, when the answer could not be sent. */
  finish(transfers: Set<Transferable>): Collected;
  /**
   * Takes out what cannot be cloned; all, where no single result is at fault.
   *
   * @param isDropping - Whether what comes behind an uncloneable result still counts.
   * @param thrown - The reason why the answer could not be sent.
   */
  removeUncloneable(isDropping: boolean, thrown: unknown): Removed[];
}

/** An item, or record of a block, of which something was taken out, and the reason. */
export interface Removed {
  readonly at: number;
  readonly path: string;
  readonly reason: string;
}

/** Collects the results themselves. */
export class ValueCollector implements Collector {
  bytes = 0;
  #values: unknown[] = [];
  #origins: number[] = [];
  readonly #sizes = new SizeSampler();

  add(value: unknown, at: number): void {
    this.bytes += typeof value === 'number' ? 8 : this.#sizes.estimate(value, this.#values.length);
    // Tasks may have replaced what arrays can do: they are indexed only.
    const place = this.#values.length;
    this.#values[place] = value;
    this.#origins[place] = at;
  }

  savepoint(): number {
    return this.#values.length;
  }

  rollBack(savepoint: number): void {
    this.#values.length = savepoint;
    this.#origins.length = savepoint;
  }

  finish(transfers: Set<Transferable>): Collected {
    const handedOver = collectTransfers(this.#values);
    for (const transferable of handedOver?.list ?? []) transfers.add(transferable);
    const values: Packed = packValues(this.#values, transfers);
    if (handedOver !== undefined) forgetTransfers(handedOver);
    return { kind: 'values', values, count: this.#values.length };
  }

  reset(): void {
    this.#values = [];
    this.#origins = [];
    this.bytes = 0;
  }

  removeUncloneable(isDropping: boolean, thrown: unknown): Removed[] {
    const removed: Removed[] = [];
    const values: unknown[] = [];
    const origins: number[] = [];
    for (const [i, value] of this.#values.entries()) {
      const at = this.#origins[i] as number;
      const found = findUncloneable(value, 'result');
      if (found === undefined) {
        values.push(value);
        origins.push(at);
        continue;
      }
      removed.push({ at, ...found });
      if (isDropping) continue;
      // The run ends with this result: neither what else its item gave counts, nor what stands behind.
      const first = origins.indexOf(at);
      if (first !== -1) values.length = origins.length = first;
      break;
    }
    if (removed.length === 0) return this.#removeAll(thrown);
    this.#values = values;
    this.#origins = origins;
    return removed;
  }

  /** Removes all results, which are at fault together: they are too large, or one thing is handed over twice. */
  #removeAll(thrown: unknown): Removed[] {
    const origins = new Set(this.#origins);
    this.reset();
    return [...origins].map((at) => ({ at, path: 'result', reason: describeThrown(thrown) }));
  }
}

/** Collects the results as bytes of a format. */
export class ByteCollector implements Collector {
  readonly #encoder: Encoder;
  readonly #lines: Encoder['lines'];
  readonly #makeLine: Encoder['makeLine'];
  #count = 0;
  #countAtMark = 0;
  #memory: SharedArrayBuffer | undefined;

  constructor(encoder: Encoder) {
    this.#encoder = encoder;
    this.#lines = encoder.lines;
    this.#makeLine = encoder.makeLine;
  }

  get bytes(): number {
    return this.#encoder.length;
  }

  add(value: unknown): void {
    // Both steps of `write` stand here: a function less for each record.
    this.#lines.addLine(this.#makeLine(value));
    this.#count++;
  }

  savepoint(): number {
    this.#countAtMark = this.#count;
    this.#encoder.savepoint();
    return 0;
  }

  rollBack(): void {
    this.#count = this.#countAtMark;
    this.#encoder.rollBack();
  }

  finish(transfers: Set<Transferable>): Collected {
    const { columns } = this.#encoder;
    const bytes = this.#encoder.take();
    const isLent = bytes.buffer === this.#memory;
    if (!isLent) transfers.add(bytes.buffer as ArrayBuffer);
    return { kind: 'bytes', bytes, count: this.#count, columns, isLent };
  }

  reset(chunk?: ChunkMessage): void {
    const memory = chunk?.memory;
    this.#count = 0;
    this.#memory = memory;
    this.#encoder.reset(memory);
    this.#encoder.follow(chunk?.header);
  }

  /** Removes all: bytes can be sent, so that not they are at fault, but something that ends the run. */
  removeUncloneable(_isDropping: boolean, thrown: unknown): Removed[] {
    this.reset();
    return [{ at: 0, path: 'state', reason: describeThrown(thrown) }];
  }
}
