import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a new temporary folder and gives its real path: module URLs show no symbolic links. */
export async function makeFolder(name: string): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), `telar-${name}-`)));
}

/** Removes a folder and all that is in it. */
export function removeFolder(path: string): Promise<void> {
  // Windows keeps files for a moment after the process that used them.
  return rm(path, { recursive: true, force: true, maxRetries: 3 });
}
