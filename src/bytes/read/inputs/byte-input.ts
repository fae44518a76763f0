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
  /** Goes on at this byte, before it or behind it. Of inputs that can be read again. */
  readonly seek?: ((offset: number) => Promise<void>) | undefined;
  /** Fills the start of `target`; gives how many bytes, 0 at the end. */
  read(target: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** An input that is not open yet. */
export interface InputPlace {
  /** The path; `undefined` for a stream or bytes. */
  readonly file: string | undefined;
  /** Whether it is a file of a list or a pattern: the others can be read without it. */
  readonly isOneOfMany: boolean;
  /** Whether opening or reading it may wait for somebody for ever. */
  readonly isLive: boolean;
  open(): Promise<ByteInput>;
}
