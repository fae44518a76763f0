import type { EncodedFormat } from '../format.ts';

/** Writes records one behind the other into bytes that it owns. */
export interface Encoder {
  /** How many bytes it holds. */
  readonly length: number;
  /** The columns that it took from its first record, where the format does so. */
  readonly columns: readonly string[] | undefined;
  /** Throws a `TypeError` for a value that has no such form; then nothing of it was written. */
  write(record: unknown): void;
  /** Forgets what stands behind `length`. */
  truncate(length: number): void;
  /** What was written, in memory of its own that can be transferred; begins anew. */
  take(): Uint8Array<ArrayBuffer>;
}

/** An encoder of a format. It can be used for any number of chunks. */
export function createEncoder(format: EncodedFormat): Encoder {
  throw new Error(`No encoder for ${format.kind} yet.`);
}
