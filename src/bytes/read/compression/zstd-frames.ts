const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const RLE = 1;
const RESERVED = 3;
const NONE = new Uint8Array(0);

/** The part of a file that comes next. */
type Part = 'frame' | 'skipped' | 'descriptor' | 'header' | 'block' | 'content' | 'checksum';

/**
 * The frames of a zstd file (RFC 8878, 3), in pieces none of which goes beyond the end of a frame, and without the
 * frames that are to be skipped. Node by itself reads the first frame and stops, or takes a frame that is cut off for
 * a whole one, depending on its version.
 */
export class ZstdFrames {
  #part: Part = 'frame';
  /** Number of bytes of the part that are still to come; `#value` is what was read of a part that is a number. */
  #left = 0;
  #value = 0;
  #filled = 0;
  #hasChecksum = false;
  #isLast = false;
  /** Beginning of a frame that is too short so far to tell of which kind it is. */
  #held: Uint8Array = NONE;
  #offset = 0;

  /** Gives those pieces of some bytes that belong to frames. Throws where no frame begins. */
  *read(piece: Uint8Array): Generator<Uint8Array, void, undefined> {
    const bytes = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    this.#held = NONE;
    let from = 0;
    let at = 0;
    while (at < bytes.length) {
      if (this.#part === 'frame') {
        const taken = this.#open(bytes, at);
        if (taken === 0) {
          this.#held = bytes.slice(at);
          break;
        }
        at += taken;
      } else at += this.#take(bytes, at);
      const wasSkipped = this.#part === 'skipped';
      while (this.#left === 0 && this.#part !== 'frame') this.#goOn();
      if (this.#part !== 'frame') continue;
      if (!wasSkipped) yield bytes.subarray(from, at);
      from = at;
    }
    this.#offset += at;
    if (this.#part !== 'skipped' && from < at) yield bytes.subarray(from, at);
  }

  /** Ends the file, once all bytes were read. Throws where the last frame is cut off. */
  end(): void {
    if (this.#part === 'frame' && this.#held.length === 0) return;
    throw new Error('unexpected end of file');
  }

  /** Reads the beginning of a frame; returns how many bytes it takes, 0 where there are too few. */
  #open(bytes: Uint8Array, at: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
    if (view.byteLength < 4) return 0;
    const magic = view.getUint32(0, true);
    if (magic === MAGIC) {
      this.#expect('descriptor', 1);
      return 4;
    }
    if ((magic & ~0xf) >>> 0 !== SKIPPABLE) {
      throw new Error(`expected a frame of zstd at byte ${this.#offset + at}, found something else`);
    }
    if (view.byteLength < 8) return 0;
    this.#expect('skipped', view.getUint32(4, true));
    return 8;
  }

  #expect(part: Part, length: number): void {
    this.#part = part;
    this.#left = length;
    this.#value = 0;
    this.#filled = 0;
  }

  #take(bytes: Uint8Array, at: number): number {
    const taken = Math.min(this.#left, bytes.length - at);
    if (this.#part === 'descriptor' || this.#part === 'block') {
      for (let i = 0; i < taken; i++) this.#value += (bytes[at + i] as number) << (8 * this.#filled++);
    }
    this.#left -= taken;
    return taken;
  }

  /** Goes on to the next part, once one is complete. */
  #goOn(): void {
    switch (this.#part) {
      case 'descriptor':
        this.#hasChecksum = (this.#value & 4) !== 0;
        this.#expect('header', measureHeader(this.#value));
        return;
      case 'block': {
        const kind = (this.#value >> 1) & 3;
        if (kind === RESERVED) throw new Error('a block of a kind that zstd does not have');
        this.#isLast = (this.#value & 1) !== 0;
        this.#expect('content', kind === RLE ? 1 : this.#value >> 3);
        return;
      }
      case 'content':
        if (!this.#isLast) break;
        if (this.#hasChecksum) this.#expect('checksum', 4);
        else this.#expect('frame', 0);
        return;
      case 'skipped':
      case 'checksum':
        this.#expect('frame', 0);
        return;
      case 'header':
      case 'frame':
        break;
    }
    this.#expect('block', 3);
  }
}

/** Returns the number of bytes that the header of a frame has behind its descriptor. */
function measureHeader(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] as number;
  const size = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  return (isSingleSegment ? 0 : 1) + dictionary + size;
}
