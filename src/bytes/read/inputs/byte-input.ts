/** Bytes that are pulled into memory of the caller. */
export interface ByteInput {
  /** Path of the file, for messages. */
  readonly file: string | undefined;
  /** Names of the fields, where the bytes do not tell them. */
  readonly columns?: readonly string[] | undefined;
  /** Number of bytes that are left, where that is known. */
  readonly remaining: number | undefined;
  /** Whether bytes come as somebody sends them, so that those which are there should not wait for more. */
  readonly isLive: boolean;
  /** Resolves when a read would not wait for anybody, as it does for the sender of a live input. `@defaultValue` it never does */
  readonly whenReady?: (() => Promise<void>) | undefined;
  /** Goes on at this byte, be it before the current one or behind it. Only inputs that can be read again have it. */
  readonly seek?: ((offset: number) => Promise<void>) | undefined;
  /** Fills the start of `target`; resolves to the number of bytes, 0 at the end. */
  read(target: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** An input that is not open yet. */
export interface InputPlace {
  /** Path of the file; `undefined` for a stream or bytes. */
  readonly file: string | undefined;
  /** Whether the input is a file of a list or a pattern: the others can be read without it. */
  readonly isOneOfMany: boolean;
  /** Whether opening or reading the input may wait for somebody for ever. */
  readonly isLive: boolean;
  open(): Promise<ByteInput>;
}
