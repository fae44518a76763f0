import assert from 'node:assert/strict';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { syncFile } from '../../src/journal/durable/sync-file.ts';

/** A handle on a new file, whose own ways to sync throw. */
async function withHandle(thrown: unknown, use: (handle: FileHandle) => Promise<void>): Promise<void> {
  const folder = await makeFolder('sync-file');
  const handle = await open(join(folder, 'data'), 'w');
  const fail = (): Promise<void> => Promise.reject(thrown as Error);
  try {
    await use(Object.defineProperties(handle, { sync: { value: fail }, datasync: { value: fail } }));
  } finally {
    await handle.close();
    await removeFolder(folder);
  }
}

describe('what a file holds back is written', () => {
  it('through a handle that cannot sync, as those of Plug’n’Play', async () => {
    await withHandle(new Error('Method not implemented.'), async (handle) => {
      await handle.writeFile('text');
      await syncFile(handle, 'sync');
      await syncFile(handle, 'datasync');
    });
  });

  it('or the error of the system is thrown', async () => {
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    await withHandle(full, async (handle) => {
      await assert.rejects(syncFile(handle, 'datasync'), full);
    });
  });
});
