import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertStep } from '../../iterator-step.ts';
import { openIterator } from '../../open-iterator.ts';

/** Bytes that are pulled into memory of the caller's. */
export interface ByteInput {
  /** The path, for messages. */
  readonly file: string | undefined;
  /** The names of the fields, where the bytes do not tell. */
  readonly columns?: readonly string[] | undefined;
  /** How many bytes are left, where that is known. */
  readonly remaining: number | undefined;
  /** Whether bytes come as somebody sends them: what is there should not wait for more. */
  readonly isLive: boolean;
  /** Goes on at this byte, where that costs nothing. Before the first read. */
  seek?(offset: number): void;
  /** Fills the start of `target`; gives how many bytes, 0 at the end. */
  read(target: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** A file as it is, read straight into the target. */
export class FileInput implements ByteInput {
  readonly file: string;
  readonly isLive = false;
  remaining: number | undefined;
  readonly #handle: FileHandle;
  /** Where the next read begins; `null` where the system knows. */
  #at: number | null = null;

  private constructor(file: string, handle: FileHandle, size: number | undefined) {
    this.file = file;
    this.#handle = handle;
    this.remaining = size;
  }

  static async open(file: string): Promise<FileInput> {
    const handle = await open(file, 'r');
    try {
      const stats = await handle.stat();
      if (stats.isDirectory())
        throw new TypeError(
          `Expected ${file} to be a file, found a folder. Name its files, or use a pattern.`,
        );
      return new FileInput(file, handle, stats.isFile() ? stats.size : undefined);
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
  }

  seek(offset: number): void {
    this.#at = offset;
    if (this.remaining !== undefined) this.remaining = Math.max(0, this.remaining - offset);
  }

  async read(target: Uint8Array): Promise<number> {
    const { bytesRead } = await this.#handle.read(target, 0, target.length, this.#at);
    if (this.#at !== null) this.#at += bytesRead;
    if (this.remaining !== undefined) this.remaining = Math.max(0, this.remaining - bytesRead);
    return bytesRead;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** Bytes that come in pieces: a stream, decompressed or not, or any async iterable of bytes or text. */
export class StreamInput implements ByteInput {
  readonly file: string | undefined;
  readonly remaining: undefined;
  readonly isLive = true;
  readonly #iterator: AsyncIterator<unknown>;
  #piece: Uint8Array = new Uint8Array(0);
  #isDone = false;

  constructor(pieces: AsyncIterable<unknown>, file?: string) {
    this.file = file;
    this.#iterator = openIterator(pieces);
  }

  async read(target: Uint8Array): Promise<number> {
    while (this.#piece.length === 0) {
      if (this.#isDone) return 0;
      const step = assertStep(await this.#iterator.next());
      if (step.done === true) this.#isDone = true;
      else this.#piece = toBytes(step.value);
    }
    const taken = this.#piece.subarray(0, target.length);
    target.set(taken);
    this.#piece = this.#piece.subarray(taken.length);
    return taken.length;
  }

  async close(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    // A stream that waits for something cannot be closed before that is there: it is told, and not waited for.
    await Promise.race([this.#iterator.return?.(), sleep(50, undefined, { ref: false })]);
  }
}

function toBytes(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  if (typeof piece === 'string') return Buffer.from(piece);
  throw new TypeError(
    `Expected a stream of bytes or text, got a piece that is ${piece === null ? 'null' : typeof piece}.`,
  );
}
