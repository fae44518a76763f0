import type { ByteTarget } from './file-target.ts';
import type { ResumedFile } from './resumed-file.ts';

const BOM = new Uint8Array([0xef, 0xbb, 0xbf]);

/**
 * A target of text. Text that begins with what would be a byte order mark, which readers take for none of the data,
 * gets a mark of its own in front.
 */
export class TextTarget implements ByteTarget {
  readonly #target: ByteTarget;
  #isBegun: boolean;

  /** @param isBegun - Whether the target holds bytes already. */
  constructor(target: ByteTarget, isBegun = false) {
    this.#target = target;
    this.#isBegun = isBegun;
  }

  get freesBytes(): boolean | undefined {
    return this.#target.freesBytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#isBegun && bytes.length > 0) {
      this.#isBegun = true;
      if (BOM.every((byte, at) => bytes[at] === byte)) await this.#target.write(BOM);
    }
    await this.#target.write(bytes);
  }

  end(): Promise<void> {
    return this.#target.end();
  }

  abort(): Promise<void> {
    return this.#target.abort();
  }

  /** Makes a checkpoint; only for a target that is a file which can go on where a run was cut off. */
  checkpoint(): ReturnType<ResumedFile['checkpoint']> {
    return (this.#target as ResumedFile).checkpoint();
  }
}
