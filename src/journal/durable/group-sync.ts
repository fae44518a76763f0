import type { FileHandle } from 'node:fs/promises';
import { syncFile } from './sync-file.ts';

/** Longest time, in ms, after which written bytes are made durable. */
const SYNC_AFTER = 50;
/** Number of written bytes from which on they are made durable at once. */
const SYNC_BYTES = 256 * 1024;

/** Makes durable what was written to a file: many writes with one `fdatasync`, at most 50 ms or 256 KB later. */
export class GroupSync {
  readonly #handle: FileHandle;
  readonly #onFailure: (thrown: unknown) => void;
  #unsynced = 0;
  #timer: NodeJS.Timeout | undefined;
  #syncing: Promise<void> | undefined;

  constructor(handle: FileHandle, onFailure: (thrown: unknown) => void) {
    this.#handle = handle;
    this.#onFailure = onFailure;
  }

  /** Notes that bytes were written. */
  add(bytes: number): void {
    this.#unsynced += bytes;
    if (this.#unsynced >= SYNC_BYTES) void this.#begin();
    else this.#await();
  }

  /** Resolves when all that was written is durable, or cannot be made so. */
  async flush(): Promise<void> {
    await this.#syncing;
    if (this.#unsynced > 0) await this.#sync();
  }

  /** Makes nothing durable from here on. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#unsynced = 0;
  }

  #await(): void {
    this.#timer ??= setTimeout(() => void this.#begin(), SYNC_AFTER);
  }

  async #begin(): Promise<void> {
    // Only one sync runs at a time; bytes that come meanwhile are in the next.
    if (this.#syncing === undefined) await this.#sync();
  }

  async #sync(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = this.#unsynced;
    const syncing = syncFile(this.#handle, 'datasync').then(() => {
      this.#unsynced = Math.max(0, this.#unsynced - bytes);
    }, this.#onFailure);
    this.#syncing = syncing;
    await syncing;
    this.#syncing = undefined;
    if (this.#unsynced > 0) this.#await();
  }
}
