import type { ByteInput } from './byte-input.ts';
import { skipBytes } from './skip-bytes.ts';

/** An input that is opened another time to be read again, since its bytes must be made anew from the first one. */
export class ReopenedInput implements ByteInput {
  readonly file: string | undefined;
  readonly isLive: boolean;
  readonly seek = (offset: number): Promise<void> => this.#seek(offset);
  readonly #open: () => Promise<ByteInput>;
  #input: ByteInput;
  #read = 0;

  private constructor(input: ByteInput, open: () => Promise<ByteInput>) {
    this.#input = input;
    this.#open = open;
    this.file = input.file;
    this.isLive = input.isLive;
  }

  static async open(open: () => Promise<ByteInput>): Promise<ByteInput> {
    const input = await open();
    return input.seek === undefined ? new ReopenedInput(input, open) : input;
  }

  get remaining(): number | undefined {
    return this.#input.remaining;
  }

  async read(target: Uint8Array): Promise<number> {
    const read = await this.#input.read(target);
    this.#read += read;
    return read;
  }

  readonly whenReady = async (): Promise<void> => {
    await this.#input.whenReady?.();
  };

  close(): Promise<void> {
    return this.#input.close();
  }

  async #seek(offset: number): Promise<void> {
    if (offset < this.#read) {
      await this.#input.close();
      this.#input = await this.#open();
      this.#read = 0;
    }
    await skipBytes(this, offset - this.#read, () => {});
  }
}
