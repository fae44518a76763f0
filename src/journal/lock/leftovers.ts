import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Holder, isAlive, isRunning } from './lock.ts';

/**
 * Removes what programs have left beside a journal that died while they opened it: beginnings of journals, and files of
 * locks that nobody holds. Only the holder of the lock calls this, beside whom nobody else begins the journal. Never
 * rejects.
 */
export async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  const own = basename(path);
  const left = names.filter((name) => name.startsWith(`${own}.`)).map((name) => name.slice(own.length));
  await Promise.all(
    left.map(async (rest) => {
      if (await isLeft(rest, join(folder, own + rest))) await rm(join(folder, own + rest), { force: true });
    }),
  ).catch(() => {});
}

/**
 * Says whether a file is a leftover.
 *
 * @param rest - Part of the file's name behind that of the journal.
 */
async function isLeft(rest: string, file: string): Promise<boolean> {
  if (/^\.[0-9a-f]{16}\.new$/.test(rest)) return true;
  const lock = /^\.lock(?:\.(?<pid>\d+))?(?:\.[0-9a-f]{16})+(?:\.own|\.new)?$/.exec(rest);
  if (lock === null) return false;
  const holder = await readHolder(file);
  if (holder !== undefined) return !(await isAlive(holder));
  // The program died while it wrote the file: only such a file has the number of its process in its name.
  const pid = lock.groups?.['pid'];
  return pid !== undefined && !isRunning(Number(pid));
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8')) as Holder;
    return typeof holder.id === 'string' && typeof holder.pid === 'number' ? holder : undefined;
  } catch {
    return undefined;
  }
}
