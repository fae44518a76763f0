import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describeSelf, type Holder, isAlive, isRunning } from '../../journal/lock/lock.ts';

const OWNER = 'owner.json';

/** A folder of one run for files that only this user may read, which is gone with the run, or with the process. */
export class SpillFolder {
  readonly path: string;
  readonly #onExit = (): void => {
    try {
      rmSync(this.path, { recursive: true, force: true });
    } catch {
      // Windows keeps a file that is open: the next start removes it.
    }
  };

  private constructor(path: string) {
    this.path = path;
    process.on('exit', this.#onExit);
  }

  /** Makes the folder of a run within another, and removes those that killed processes of this machine have left there. */
  static async open(within: string): Promise<SpillFolder> {
    await removeLeftovers(within);
    const folder = new SpillFolder(join(within, makeName(process.pid)));
    try {
      await mkdir(folder.path, { mode: 0o700 });
      await writeFile(join(folder.path, OWNER), JSON.stringify(await describeSelf()), { mode: 0o600 });
    } catch (thrown) {
      await folder.remove();
      throw thrown;
    }
    return folder;
  }

  async remove(): Promise<void> {
    process.off('exit', this.#onExit);
    await rm(this.path, { recursive: true, force: true });
  }
}

/** Makes a name that says which process of which machine the folder is of. */
function makeName(pid: number): string {
  return `telar-spill-${describeHost()}-${pid}-${randomBytes(6).toString('hex')}`;
}

function describeHost(): string {
  return Buffer.from(hostname()).toString('hex').slice(0, 32);
}

/** Removes the folders of processes that have died. Never rejects: what cannot be seen or removed stays. */
async function removeLeftovers(within: string): Promise<void> {
  const names = await readdir(within).catch(() => []);
  const own = new RegExp(`^telar-spill-${describeHost()}-(?<pid>\\d+)-[0-9a-f]{12}$`);
  await Promise.all(
    names.map(async (name) => {
      const pid = own.exec(name)?.groups?.['pid'];
      const path = join(within, name);
      if (pid !== undefined && (await isLeft(path, Number(pid))))
        await rm(path, { recursive: true, force: true });
    }),
  ).catch(() => {});
}

async function isLeft(path: string, pid: number): Promise<boolean> {
  const found = await lstat(path);
  // In a folder that all users share, a name alone says nothing.
  if (!found.isDirectory() || found.uid !== (process.getuid?.() ?? found.uid)) return false;
  if (!isRunning(pid)) return true;
  // Another process may have got the number; one that has just made its folder has not said yet who it is.
  const text = await readFile(join(path, OWNER), 'utf8').catch(() => '');
  try {
    return !(await isAlive(JSON.parse(text) as Holder));
  } catch {
    return false;
  }
}
