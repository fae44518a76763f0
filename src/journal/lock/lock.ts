import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { JournalError } from '../../errors/journal-error.ts';

/** The holder of a journal. `start` and `boot` tell a process from a later one with the same number. */
export interface Holder {
  /** Identity of the holder: another one for each time that a lock is asked for. */
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  readonly start?: string | undefined;
  readonly boot?: string | undefined;
}

/** A journal's lock: a file beside it, which says who holds it. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the lock of a journal, also from a holder that has died. Rejects where it is held.
 *
 * @remarks The file appears with its content, by `link`, so that nobody reads half of it. Of several who find a dead
 * holder's file one may replace it: the one who has the lock of a name that this holder alone had, by the same rules.
 * That one looks once more whether the file is still the dead one's, since others may have come and gone meanwhile.
 */
export async function takeLock(path: string): Promise<Lock> {
  const file = `${path}.lock`;
  const self = await describeSelf();
  // The name holds the number of the process, so that one that dies while it writes is known to be dead.
  const own = `${file}.${self.pid}.${self.id}.own`;
  await writeFile(own, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
  try {
    await takeFile(path, file, own);
  } finally {
    await rm(own, { force: true });
  }
  return {
    release: async () => {
      await rm(file, { force: true });
    },
  };
}

async function takeFile(path: string, file: string, own: string): Promise<void> {
  while (!(await tryLink(own, file))) {
    const dead = await readHolder(path, file);
    // The lock was released meanwhile.
    if (dead === undefined) continue;
    if (await isAlive(dead)) throw describeUse(path, file, dead);
    const guard = `${file}.${dead.id}`;
    await takeFile(path, guard, own);
    try {
      if ((await readHolder(path, file))?.id !== dead.id) continue;
      const copy = `${guard}.new`;
      await rm(copy, { force: true });
      await link(own, copy);
      await rename(copy, file);
      return;
    } finally {
      await rm(guard, { force: true });
    }
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
}

/** Reads who holds a lock; `undefined` where there is no such file any more. */
async function readHolder(path: string, file: string): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
  try {
    const holder = JSON.parse(text) as Holder;
    if (/^[0-9a-f]+$/.test(holder.id)) return holder;
  } catch {
    // A file that is not JSON is treated like JSON of somebody else.
  }
  const message = `The lock ${file} is not one of Telar. Remove it if no program uses the journal.`;
  throw new JournalError(message, { path, reason: 'in-use' });
}

function describeUse(path: string, file: string, holder: Holder): JournalError {
  const where = holder.host === hostname() ? '' : ` on ${holder.host}`;
  return new JournalError(
    `The journal ${path} is in use by process ${holder.pid}${where}. ` +
      `Let it end, or remove ${file} if there is no such process.`,
    { path, reason: 'in-use' },
  );
}

export async function isAlive(holder: Holder): Promise<boolean> {
  // A process that runs on another machine cannot be seen from here.
  if (holder.host !== hostname()) return true;
  const boot = await readBoot();
  if (holder.boot !== boot) return false;
  if (boot !== undefined) {
    const start = await readStart(holder.pid);
    return start !== undefined && start === holder.start;
  }
  return isRunning(holder.pid);
}

/** Says whether there is a process with that number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Describes this process, so that others can tell whether it is alive. */
export async function describeSelf(): Promise<Holder> {
  return {
    id: randomBytes(8).toString('hex'),
    pid: process.pid,
    host: hostname(),
    boot: await readBoot(),
    start: await readStart(process.pid),
  };
}

/** Reads a text that is another one after each start of the machine; only on Linux. */
async function readBoot(): Promise<string | undefined> {
  return await readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

/** Reads when a process started; only on Linux. */
async function readStart(pid: number): Promise<string | undefined> {
  return await readFile(`/proc/${pid}/stat`, 'utf8').then(
    // The name in parentheses may hold anything; the 22nd field counts from the number before it.
    (text) => text.slice(text.lastIndexOf(')') + 2).split(' ')[19],
    () => undefined,
  );
}
