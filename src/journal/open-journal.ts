import { randomBytes, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { JournalError } from '../errors/journal-error.ts';
import {
  describeOther,
  describeVersion,
  FORMAT,
  type JournalHeader,
  listChanges,
  looksLikeJournal,
} from './header.ts';
import { describeError, Journal, type JournalPlan } from './journal.ts';
import { encodeLine } from './lines/line.ts';
import { removeLeftovers } from './lock/leftovers.ts';
import { type Lock, takeLock } from './lock/lock.ts';
import { readLines } from './lines/read-lines.ts';
import { syncFile } from './durable/sync-file.ts';

/** Flag that lets no link be opened; Windows has no such flag. */
const NO_LINK = constants.O_NOFOLLOW ?? 0;

/** Opens the journal of a run, or begins it. Rejects with a `JournalError`, and leaves nothing open then. */
export async function openJournal(plan: JournalPlan): Promise<Journal> {
  const lock = await describeErrors(plan.path, () => takeLock(plan.path));
  try {
    return await describeErrors(plan.path, () => openLocked(plan, lock));
  } catch (thrown) {
    await lock.release();
    throw thrown;
  }
}

async function openLocked(plan: JournalPlan, lock: Lock): Promise<Journal> {
  const { path, identity, onMismatch } = plan;
  await removeLeftovers(path);
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDWR | NO_LINK);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ELOOP') {
      const message = `The journal ${path} is a link, through which nothing is written. Give the path of the file itself.`;
      throw new JournalError(message, { path, reason: 'foreign' }, { cause: thrown });
    }
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    return await begin(plan, lock);
  }
  let kept: { run: string; checksum: number } | undefined;
  try {
    if (!(await handle.stat()).isFile()) {
      throw new JournalError(`The journal ${path} is no file.`, { path, reason: 'foreign' });
    }
    let header: JournalHeader | undefined;
    const good = await readLines(handle, (record) => {
      if (header !== undefined) plan.onRecord(record);
      header ??= record as JournalHeader;
      return header.format === FORMAT && listChanges(header, identity).length === 0;
    });
    if (header === undefined) await assertOurs(path, handle);
    if (header !== undefined && good.bytes > 0) {
      await handle.truncate(good.bytes);
      await syncFile(handle, 'datasync');
      kept = { run: header.run, checksum: good.checksum };
    } else if ((header?.format ?? FORMAT) !== FORMAT) {
      throw describeVersion(path);
    } else if (header !== undefined && onMismatch === 'refuse') throw describeOther(path, header, identity);
    else if (header === undefined && onMismatch === 'refuse' && (await handle.stat()).size > 0) {
      throw new JournalError(
        `The first line of the journal ${path} is damaged. Start over with { path, onMismatch: 'restart' }.`,
        { path, reason: 'damaged' },
      );
    }
  } finally {
    await handle.close();
  }
  if (kept === undefined) return await begin(plan, lock);
  return new Journal(plan, await openToAppend(path), lock, kept.run, kept.checksum);
}

/** Throws for a file that is no journal: it is never written over. An empty file may be one that a user made. */
async function assertOurs(path: string, handle: FileHandle): Promise<void> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
  if (bytesRead === 0 || looksLikeJournal(buffer.toString('utf8', 0, bytesRead))) return;
  throw new JournalError(
    `${path} is not a journal of Telar, and is left as it is. Give \`journal\` another path.`,
    { path, reason: 'foreign' },
  );
}

/** Begins a journal, which appears with its first line, so that there is none without. */
async function begin(plan: JournalPlan, lock: Lock): Promise<Journal> {
  const { path, identity } = plan;
  const header: JournalHeader = { type: 'telar-journal', format: FORMAT, run: randomUUID(), ...identity };
  const { line, checksum } = encodeLine(header, 0);
  // The name is random, as whoever could foretell it could put a link there. The file is for its owner only, as is the
  // content of a journal.
  const temporary = `${path}.${randomBytes(8).toString('hex')}.new`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(line);
      await syncFile(handle, 'sync');
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  }
  return new Journal(plan, await openToAppend(path), lock, header.run, checksum);
}

/** Opens a journal to append to it: with O_APPEND each write goes to the end. */
function openToAppend(path: string): Promise<FileHandle> {
  return open(path, constants.O_WRONLY | constants.O_APPEND | NO_LINK);
}

/** Makes the names in a folder durable, where the folder can be synced. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined);
  try {
    if (handle !== undefined) await syncFile(handle, 'sync');
  } catch {
    // Windows and some network file systems sync names by themselves, and refuse.
  } finally {
    await handle?.close();
  }
}

async function describeErrors<R>(path: string, run: () => Promise<R>): Promise<R> {
  try {
    return await run();
  } catch (thrown) {
    throw thrown instanceof JournalError ? thrown : describeError(path, 'opened', thrown);
  }
}
