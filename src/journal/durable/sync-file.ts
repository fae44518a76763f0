import type { FileHandle } from 'node:fs/promises';

/**
 * Writes to the disk the parts of a file that the system holds back: its content, and with `sync` all that is known of
 * it.
 */
export async function syncFile(handle: FileHandle, how: 'sync' | 'datasync'): Promise<void> {
  try {
    await handle[how]();
  } catch (thrown) {
    // Yarn's Plug'n'Play has handles of its own, which throw that this is not implemented, and no error of the system.
    if ((thrown as NodeJS.ErrnoException).code !== undefined) throw thrown;
    const { fsync, fdatasync } = process.getBuiltinModule('node:fs');
    const { promisify } = process.getBuiltinModule('node:util');
    await promisify(how === 'sync' ? fsync : fdatasync)(handle.fd);
  }
}
