import type { Bytes } from './codec.ts';

/** Matches, in four bytes at once, what no ASCII has. */
const BEYOND_ASCII = 0x80_80_80_80;
const LAST_ASCII = 127;

/** Finds how far the bytes of a block are ASCII: 16 bytes at a time, where a call of `isAscii` looks through all. */
export class AsciiRuns {
  readonly #bytes: Bytes;
  /** The bytes by fours, from byte `#lead` on, where the first four stand together in memory. */
  readonly #fours: Int32Array;
  readonly #lead: number;

  constructor(bytes: Bytes) {
    const { buffer, byteOffset, length } = bytes;
    this.#bytes = bytes;
    this.#lead = -byteOffset & 3;
    const count = (length - this.#lead) >> 2;
    this.#fours = count > 0 ? new Int32Array(buffer, byteOffset + this.#lead, count) : new Int32Array(0);
  }

  /** Returns the first byte from `from` on that is not ASCII; `to` where none is before it. */
  findEnd(from: number, to: number): number {
    const bytes = this.#bytes;
    const fours = this.#fours;
    const lead = this.#lead;
    let at = from;
    for (; ((at - lead) & 3) !== 0 && at < to; at++) if ((bytes[at] as number) > LAST_ASCII) return at;
    if (at >= to) return to;
    const last = ((to - lead) >> 2) - 4;
    let four = (at - lead) >> 2;
    for (; four <= last; four += 4) {
      const joined =
        (fours[four] as number) |
        (fours[four + 1] as number) |
        (fours[four + 2] as number) |
        (fours[four + 3] as number);
      if ((joined & BEYOND_ASCII) !== 0) break;
    }
    for (at = lead + (four << 2); at < to; at++) if ((bytes[at] as number) > LAST_ASCII) return at;
    return to;
  }
}
