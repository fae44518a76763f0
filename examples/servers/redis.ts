/**
 * A private Redis server for examples and tests: one that is on the PATH, or one that is unpacked into the cache, which needs
 * no rights.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findPort } from './free-port.ts';

const run = promisify(execFile);

/** Debian packages that hold a Redis server with all that it links to; 1.4 MB. */
const PACKAGES = [
  'redis-server',
  'redis-tools',
  'libjemalloc2',
  'liblzf1',
  'libatomic1',
  'lua-cjson',
  'lua-bitop',
];

/** Folder of the repository: this file is built into `dist/examples/servers`. */
const root = new URL('../../../', import.meta.url);

/** Starts a server, which ends with `remove`, and with this process. */
export async function startRedis(): Promise<OwnRedis> {
  const server = new OwnRedis(
    await findProgram(),
    await mkdtemp(join(tmpdir(), 'telar-redis-')),
    await findPort(),
  );
  await server.start();
  return server;
}

/** A server of our own, which may be killed, and started again on the same data. */
export class OwnRedis {
  readonly url: string;
  readonly #program: Program;
  readonly #folder: string;
  readonly #port: number;
  #process: ChildProcess | undefined;
  #onExit: (() => void) | undefined;

  constructor(program: Program, folder: string, port: number) {
    this.#program = program;
    this.#folder = folder;
    this.#port = port;
    this.url = `redis://127.0.0.1:${port}/0`;
  }

  async start(): Promise<void> {
    const { path, libraries } = this.#program;
    const env = { ...process.env, ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }) };
    const settings = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'];
    const place = ['--port', String(this.#port), '--bind', '127.0.0.1', '--dir', this.#folder];
    const limits = ['--maxmemory-policy', 'noeviction', '--daemonize', 'no'];
    const child = spawn(path, [...place, ...settings, ...limits], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const listen = (piece: Buffer): void => {
      said = (said + piece.toString()).slice(-4000);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    this.#process = child;
    // A test program that dies takes its server along.
    this.#onExit ??= () => this.#process?.kill('SIGKILL');
    process.off('exit', this.#onExit).once('exit', this.#onExit);
    for (let tries = 0; !said.includes('Ready to accept connections'); tries++) {
      if (child.exitCode !== null || tries > 1000) throw new Error(`Redis did not start:\n${said}`);
      await sleep(10);
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    if (this.#onExit !== undefined) process.off('exit', this.#onExit);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

interface Program {
  readonly path: string;
  /** Folder of the shared libraries, where they are not the system's. */
  readonly libraries: string | undefined;
}

/** Finds a server: one on the PATH, or one that is unpacked into the cache, which needs no rights. */
async function findProgram(): Promise<Program> {
  for (const name of ['redis-server', 'valkey-server']) {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      const path = join(folder, name);
      if (existsSync(path)) return { path, libraries: undefined };
    }
  }
  const cache = fileURLToPath(new URL('.cache/redis', root));
  if (!existsSync(join(cache, 'usr', 'bin', 'redis-server'))) await unpack(cache);
  const lib = join(cache, 'usr', 'lib');
  const triplet = (await readdir(lib)).find((name) => name.includes('-linux-')) ?? '';
  return { path: join(cache, 'usr', 'bin', 'redis-server'), libraries: join(lib, triplet) };
}

async function unpack(cache: string): Promise<void> {
  const folder = `${cache}.${process.pid}`;
  await mkdir(folder, { recursive: true });
  try {
    await download(folder);
    const archives = (await readdir(folder)).filter((name) => name.endsWith('.deb'));
    for (const archive of archives) await run('dpkg', ['-x', join(folder, archive), join(folder, 'root')]);
    // Two test files may do this at once: whoever comes second takes what is there.
    await rename(join(folder, 'root'), cache).catch((thrown: unknown) => {
      if (!existsSync(cache)) throw thrown;
    });
  } catch (cause) {
    throw new Error(
      'Found no Redis: install it (apt-get install redis-server, brew install redis), or set TELAR_TEST_REDIS_URL.',
      { cause },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(folder: string): Promise<void> {
  try {
    await run('apt-get', ['download', ...PACKAGES], { cwd: folder });
  } catch {
    // The lists of a new machine are empty.
    await run('apt-get', ['update']);
    await run('apt-get', ['download', ...PACKAGES], { cwd: folder });
  }
}
