import type { Encoding } from './encoding.ts';

/** Bytes in shared memory, typed as an intersection, since `Uint8Array<SharedArrayBuffer>` needs TypeScript 5.7. */
export type SharedBytes = Uint8Array & { readonly buffer: SharedArrayBuffer };

/**
 * A piece of a file's bytes that holds whole records. Its memory is shared: the block crosses to a worker without a
 * copy, and the main thread still has it when that worker dies.
 */
export interface Block {
  readonly bytes: SharedBytes;
  /** Path of the file, for messages; `undefined` when the bytes come from a stream or from memory. */
  readonly file: string | undefined;
  /** Position of the block's first byte in the file, counted after decompression. */
  readonly offset: number;
  /** Whether the block is the first of its file, so that line numbers begin anew. */
  readonly isFirst: boolean;
  /** Number of bytes at the start of the block that are a byte order mark, and no data. */
  readonly bom: number;
  /** Encoding of the bytes. `@defaultValue` UTF-8 */
  readonly encoding: Encoding | undefined;
  /**
   * Number of lines between the block before, or the start of the file, and the first byte of this block: those of a
   * header.
   */
  readonly headerLines: number;
  /** Names of the fields, where they come from a header. */
  readonly columns: readonly string[] | undefined;
  /** Set where the block is only the beginning of a record that cannot be read. */
  readonly broken: BrokenRecord | undefined;
}

/** A record of which a block holds only a part, with the reason. */
export interface BrokenRecord {
  readonly reason: string;
  /** Number of lines that the whole record takes, so that the lines behind it are counted right. */
  readonly lines: number;
}

/** Place at which a block ends, so that a later run can go on reading there. Plain data. */
export interface BlockPosition {
  /** Number of the input, from 0; its path is `file`. */
  readonly input: number;
  readonly file?: string | undefined;
  /** Position in bytes from the start of the file, counted after decompression. */
  readonly offset: number;
  readonly columns?: readonly string[] | undefined;
  /** Form of the text as its first bytes have told it; `undefined` where it is UTF-8 with ordinary line ends. */
  readonly form?: TextForm | undefined;
  /** Hash of all bytes up to the position, where they come from a stream: another stream does not go unnoticed. */
  readonly hash?: string | undefined;
}

/** Form of a file's text, for readers that begin in the middle of it. Plain data. */
export interface TextForm {
  readonly encoding: Encoding;
  /** Whether the records of the file end with lone carriage returns. */
  readonly endsWithCr: boolean;
}

/** Reads blocks, one after the other. */
export interface BlockReader {
  /** Number of bytes that are left to read, where that is known. */
  readonly remaining: number | undefined;
  /** Place at which the block that was read last ends. Ask before the next block is read. */
  readonly position: BlockPosition;
  /**
   * Reads the next block, of about `size` bytes and at least one record; `undefined` at the end. Calls must not
   * overlap. A source that grows slowly gives the bytes that are there rather than let them wait.
   *
   * Rejects when an input cannot be opened or read. Of several files the next call goes on with the next one: then
   * `canGoOn` is true, and the position stands there.
   */
  read(size: number): Promise<Block | undefined>;
  /** Whether the input that has failed is one file of several, so that the next call reads the next file. */
  readonly canGoOn: boolean;
  /**
   * Finds the byte at which a block may be split, at about `size` bytes and behind a record; `undefined` where it
   * cannot be.
   */
  findSplit(block: Block, size: number): number | undefined;
  /** Takes back a block that is not needed any more: its memory may be used again. */
  release(block: Block): void;
  /** Closes the inputs that are open. May be called while a read is pending, which then ends with `undefined`. */
  close(): Promise<void>;
}
