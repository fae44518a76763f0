import { randomBytes } from 'node:crypto';
import { accessSync, closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folder for files in memory, if the system has it: no disk is touched. */
const MEMORY = '/dev/shm';

/**
 * A file for the slots of one child, open for reading and writing. The file has no name any more once it is open, so
 * that it goes with the processes that hold it, however they end. Windows keeps names of open files: there `close`
 * removes it.
 */
export class SlotFile {
  readonly fd: number;
  readonly #path: string;
  #isNamed = true;

  constructor() {
    this.#path = join(chooseFolder(), `telar-slots-${process.pid}-${randomBytes(8).toString('hex')}`);
    this.fd = openSync(this.#path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    this.#unlink();
  }

  close(): void {
    closeSync(this.fd);
    this.#unlink();
  }

  #unlink(): void {
    if (!this.#isNamed) return;
    try {
      unlinkSync(this.#path);
      this.#isNamed = false;
    } catch {
      // Windows keeps the name of a file that is open, so `close` tries again.
    }
  }
}

function chooseFolder(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    return MEMORY;
  } catch {
    return tmpdir();
  }
}
