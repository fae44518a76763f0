import { HEAD, MARK } from './frame.ts';

/** Puts frames together from pieces of a stream, as they come. */
export class FrameDecoder {
  readonly #onBody: (body: Buffer) => void;
  readonly #head: Buffer = Buffer.alloc(HEAD);
  #headLength = 0;
  #body: Buffer | undefined;
  #length = 0;

  constructor(onBody: (body: Buffer) => void) {
    this.#onBody = onBody;
  }

  /** Takes the next piece. Throws where the stream cannot be read any more. */
  push(piece: Uint8Array): void {
    for (let from = 0; from < piece.length;) {
      if (this.#body === undefined) {
        const count = Math.min(HEAD - this.#headLength, piece.length - from);
        this.#head.set(piece.subarray(from, from + count), this.#headLength);
        this.#headLength += count;
        from += count;
        if (this.#headLength < HEAD) return;
        if (this.#head.readUInt32LE(0) !== MARK) throw new Error('The stream holds what is no message.');
        this.#body = Buffer.allocUnsafeSlow(this.#head.readUInt32LE(4));
        this.#headLength = 0;
        this.#length = 0;
      }
      const body = this.#body;
      const count = Math.min(body.length - this.#length, piece.length - from);
      body.set(piece.subarray(from, from + count), this.#length);
      this.#length += count;
      from += count;
      if (this.#length < body.length) return;
      this.#body = undefined;
      this.#onBody(body);
    }
  }
}
