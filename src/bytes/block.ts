import type { Encoding } from './encoding.ts';

/** Bytes in shared memory. As an intersection, since `Uint8Array<SharedArrayBuffer>` needs TypeScript 5.7. */
export type SharedBytes = Uint8Array & { readonly buffer: SharedArrayBuffer };

/**
 * A piece of a file's bytes that holds whole records. Its memory is shared: it crosses to a worker without a copy,
 * and the main thread still has it when that worker dies.
 */
export interface Block {
  readonly bytes: SharedBytes;
  /** The path, for messages; `undefined` when the bytes come from a stream or from memory. */
  readonly file: string | undefined;
  /** Where its first byte stands in the file, counted after decompression. */
  readonly offset: number;
  /** Whether this is the first block of its file: line numbers begin anew. */
  readonly isFirst: boolean;
  /** How many of its first bytes are a byte order mark, and no data. */
  readonly mark: number;
  /** `@defaultValue` UTF-8 */
  readonly encoding: Encoding | undefined;
  /** How many lines stand between the block before, or the start of the file, and its first byte: those of a header. */
  readonly headerLines: number;
  /** The names of the fields, where they come from a header. */
  readonly columns: readonly string[] | undefined;
  /** It is only the beginning of a record that cannot be read. */
  readonly broken: BrokenRecord | undefined;
}

/** Why a record stands there in part only. */
export interface BrokenRecord {
  readonly reason: string;
  /** How many lines the whole record takes, so that those behind it are counted right. */
  readonly lines: number;
}

/** Where a block ends, so that reading can go on there another time. Plain data. */
export interface BlockPosition {
  /** Which of the inputs it is, from 0; and its path. */
  readonly input: number;
  readonly file?: string | undefined;
  /** In bytes from the start of the file, counted after decompression. */
  readonly offset: number;
  readonly columns?: readonly string[] | undefined;
  /** What its first bytes have told; `undefined` where it is UTF-8 with ordinary line ends. */
  readonly form?: TextForm | undefined;
  /** Of all bytes so far, where these come from a stream: another one does not go unnoticed. */
  readonly hash?: string | undefined;
}

/** How a file is written, for those who read it from the middle. Plain data. */
export interface TextForm {
  readonly encoding: Encoding;
  /** Whether its records end with lone carriage returns. */
  readonly endsWithCr: boolean;
}

/** Reads blocks, one after the other. */
export interface BlockReader {
  /** How many bytes are left, where that is known. */
  readonly remaining: number | undefined;
  /** Where the block that was read last ends. Ask before the next is read. */
  readonly position: BlockPosition;
  /**
   * The next block, of about `size` bytes and at least one record; `undefined` at the end. Calls must not overlap.
   * A source that grows slowly gives what is there rather than let it wait.
   *
   * Rejects when an input cannot be opened or read. Of several files the next call goes on with the next one: then
   * `canGoOn` is true, and the position stands there.
   */
  read(size: number): Promise<Block | undefined>;
  /** Whether the input that has failed is a file among others. */
  readonly canGoOn: boolean;
  /** Where a block may be split, at about `size` bytes and behind a record; `undefined` where it cannot. */
  findSplit(block: Block, size: number): number | undefined;
  /** The block is not needed any more: its memory may be used again. */
  release(block: Block): void;
  /** Closes what is open. May be called while a read is pending, which then ends with `undefined`. */
  close(): Promise<void>;
}
