import type { Transferable } from 'node:worker_threads';
import type { Encoder } from '../../../src/bytes/encode/encoder.ts';
import { type Packed, packValues } from '../../../src/wire/pack/pack.ts';
import { SizeSampler } from '../../../src/wire/pack/size.ts';
import type { Collected } from '../../../src/wire/message/payload.ts';
import { describeThrown } from '../../../src/wire/values/error.ts';
import { collectTransfers, forgetMarks } from '../../../src/wire/values/transfer.ts';
import { findUncloneable } from '../../../src/wire/values/uncloneable.ts';

/** Takes what leaves the last stage, for one chunk after the other. */
export interface Collector {
  /** A chunk begins. */
  reset(): void;
  /** About how many bytes the chunk's answer takes. */
  readonly bytes: number;
  /** @param at - Of which item, or record of a block, it is. Throws for a value that it cannot take. */
  add(value: unknown, at: number): void;
  mark(): number;
  /** Forgets what came after the mark, as far as that can be done. */
  rollBack(mark: number): void;
  /** What was collected. Called again, without what cannot be cloned, when the answer could not be sent. */
  finish(transfers: Set<Transferable>): Collected;
  /**
   * Takes out what cannot be cloned; all, where no single result is at fault.
   *
   * @param isDropping - Whether what comes behind such a result still counts.
   * @param thrown - Why the answer could not be sent.
   */
  removeUncloneable(isDropping: boolean, thrown: unknown): Removed[];
}

/** Of which item, or record of a block, something was taken out, and why. */
export interface Removed {
  readonly at: number;
  readonly path: string;
  readonly reason: string;
}

/** The results themselves. */
export class ValueCollector implements Collector {
  bytes = 0;
  #values: unknown[] = [];
  #origins: number[] = [];
  readonly #sizes = new SizeSampler();

  add(value: unknown, at: number): void {
    this.bytes += typeof value === 'number' ? 8 : this.#sizes.estimate(value, this.#values.length);
    this.#values.push(value);
    this.#origins.push(at);
  }

  mark(): number {
    return this.#values.length;
  }

  rollBack(mark: number): void {
    this.#values.length = mark;
    this.#origins.length = mark;
  }

  finish(transfers: Set<Transferable>): Collected {
    const handover = collectTransfers(this.#values);
    for (const transferable of handover?.list ?? []) transfers.add(transferable);
    const values: Packed = packValues(this.#values, transfers);
    if (handover !== undefined) forgetMarks(handover);
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
      // The run ends here: neither what else its item gave counts, nor what stands behind it.
      const first = origins.indexOf(at);
      if (first !== -1) values.length = origins.length = first;
      break;
    }
    if (removed.length === 0) return this.#removeAll(thrown);
    this.#values = values;
    this.#origins = origins;
    return removed;
  }

  /** What is at fault is what the results have in common: they are too large together, or one is handed over twice. */
  #removeAll(thrown: unknown): Removed[] {
    const origins = new Set(this.#origins);
    this.reset();
    return [...origins].map((at) => ({ at, path: 'result', reason: describeThrown(thrown) }));
  }
}

/** The results as bytes of a format. */
export class ByteCollector implements Collector {
  readonly #encoder: Encoder;
  #count = 0;
  #countAtMark = 0;

  constructor(encoder: Encoder) {
    this.#encoder = encoder;
  }

  get bytes(): number {
    return this.#encoder.length;
  }

  add(value: unknown): void {
    this.#encoder.write(value);
    this.#count++;
  }

  mark(): number {
    this.#countAtMark = this.#count;
    this.#encoder.mark();
    return 0;
  }

  rollBack(): void {
    this.#count = this.#countAtMark;
    this.#encoder.rollBack();
  }

  finish(transfers: Set<Transferable>): Collected {
    const { columns } = this.#encoder;
    const bytes = this.#encoder.take();
    transfers.add(bytes.buffer);
    return { kind: 'bytes', bytes, count: this.#count, columns };
  }

  reset(): void {
    this.#count = 0;
    this.#encoder.reset();
  }

  /** Bytes can be sent: it is not they that are at fault, but something that ends the run. */
  removeUncloneable(_isDropping: boolean, thrown: unknown): Removed[] {
    this.reset();
    return [{ at: 0, path: 'state', reason: describeThrown(thrown) }];
  }
}
