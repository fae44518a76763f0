import type { Transferable } from 'node:worker_threads';
import type { Encoder } from '../../src/bytes/encode/encoder.ts';
import { type Packed, packValues } from '../../src/wire/pack/pack.ts';
import { SizeSampler } from '../../src/wire/pack/size.ts';
import type { Collected } from '../../src/wire/message/payload.ts';
import { collectTransfers, forgetMarks } from '../../src/wire/values/transfer.ts';
import { findUncloneable } from '../../src/wire/values/uncloneable.ts';

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
  /** @param isDropping - Whether what comes behind such a result still counts. */
  removeUncloneable(
    isDropping: boolean,
  ): { readonly at: number; readonly path: string; readonly reason: string }[];
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

  removeUncloneable(isDropping: boolean): { at: number; path: string; reason: string }[] {
    const removed: { at: number; path: string; reason: string }[] = [];
    const values: unknown[] = [];
    for (const [i, value] of this.#values.entries()) {
      const found = findUncloneable(value, 'result');
      if (found === undefined) {
        values.push(value);
        continue;
      }
      const at = this.#origins[i] as number;
      removed.push({ at, ...found });
      if (isDropping) continue;
      // The run ends here: neither what else its item gave counts, nor what stands behind it.
      values.length = Math.min(values.length, this.#origins.indexOf(at));
      break;
    }
    this.#values = values;
    return removed;
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

  removeUncloneable(): [] {
    return [];
  }
}
