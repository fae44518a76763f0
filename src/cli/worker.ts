import { readFile } from 'node:fs/promises';
import { LONGEST_DELAY } from '../async/backoff.ts';
import type { Isolation } from '../options/pool-options.ts';
import { assertName } from '../options/check.ts';
import { ClusterNode, type NodeTerms } from '../cluster/node/node.ts';
import { describeConnection, resolveConnection } from '../cluster/connect/open-broker.ts';
import { type Address, type HealthServer, parseAddress, serveHealth } from '../cluster/status/health.ts';
import { resolveBlobs } from '../cluster/message/blobs.ts';
import { assertSecret, Signer } from '../cluster/message/signer.ts';
import { TaskRegistry } from '../cluster/tasks/registry.ts';
import { describeVerb } from './help.ts';
import { UsageError } from './usage-error.ts';
import { countOf, durationOf, type Flags, readArgs, textOf, type Verb } from './verb.ts';

const SUMMARY = 'Runs tasks of a cluster on this machine, until it is told to end.';
const DRAIN = 30_000;
const SLOTS = 2;
/** Milliseconds for which open connections may hold the program up, once its node has ended. */
const LINGER = 200;

const flags: Flags = {
  tasks: {
    type: 'string',
    multiple: true,
    value: 'file',
    says: 'module whose exported functions are tasks, or name=file; may be repeated',
  },
  connection: {
    type: 'string',
    value: 'url',
    says: 'broker: redis://, rediss:// or postgres:// [TELAR_BROKER]',
  },
  queue: { type: 'string', value: 'name', says: "name that callers and nodes share ['default']" },
  build: { type: 'string', value: 'version', says: 'version of the tasks [a hash of their text]' },
  workers: { type: 'string', value: 'count', says: 'threads [one for each core]' },
  slots: { type: 'string', value: 'count', says: 'chunks at once [2]' },
  isolate: { type: 'string', value: 'kind', says: 'thread, process or suspects [thread]' },
  memory: { type: 'string', value: 'MB', says: 'memory for all workers together' },
  lock: { type: 'string', value: 'time', says: 'silence after which others take over [10s]' },
  drain: { type: 'string', value: 'time', says: 'time for what runs when told to end [30s]' },
  blobs: { type: 'string', value: 'folder', says: 'shared with callers: large items and outcomes lie there' },
  'secret-file': {
    type: 'string',
    value: 'file',
    says: 'secret that callers have as well: signs what travels',
  },
  health: {
    type: 'string',
    value: 'port',
    says: 'serves /healthz and /metrics; host:port for others [127.0.0.1]',
  },
  help: { type: 'boolean', says: 'says this' },
};

/** Defines `telar worker`, which runs a node of a cluster. */
export const workerVerb: Verb = {
  name: 'worker',
  summary: SUMMARY,
  async run(args) {
    const { values } = readArgs(args, flags);
    if (values['help'] === true) {
      process.stdout.write(describeVerb('worker --tasks <file> [options]', SUMMARY, flags));
      return 0;
    }
    const files = (values['tasks'] ?? []) as string[];
    if (files.length === 0) throw new UsageError('Expected --tasks, such as --tasks ./dist/tasks.js.');
    const connection = resolveConnection(textOf(values, 'connection'));
    const queue = textOf(values, 'queue') ?? 'default';
    const build = textOf(values, 'build');
    assertName(queue, 'queue');
    if (build !== undefined) assertName(build, 'build');
    const memory = countOf(values, 'memory', 64);
    const terms = {
      connection,
      queue,
      workers: countOf(values, 'workers'),
      slots: countOf(values, 'slots') ?? SLOTS,
      isolate: textOf(values, 'isolate') as Isolation | undefined,
      memory: memory === undefined ? undefined : memory * 1024 * 1024,
      lock: durationOf(values, 'lock'),
      blobs: resolveBlobs(textOf(values, 'blobs')),
      signer: await readSecret(textOf(values, 'secret-file')),
    };
    const drain = durationOf(values, 'drain') ?? DRAIN;
    const address = textOf(values, 'health');
    const health = address === undefined ? undefined : parseAddress(address);
    const tasks = await TaskRegistry.load(files, build);
    const { node, server } = await start({ ...terms, tasks }, health);
    const count = tasks.versions.reduce((sum, version) => sum + tasks.listTasks(version).length, 0);
    process.stdout.write(
      `telar worker ${node.id} serves '${queue}' at ${describeConnection(connection)} with ${count} tasks, ` +
        `version ${tasks.versions.join(', ')}\n`,
    );
    if (server !== undefined) process.stdout.write(`${server.url}/healthz and /metrics say how it is\n`);
    return await serve(node, drain, server);
  },
};

/** Starts a node, with a server for its health, which is there before it and fails first. */
async function start(
  terms: NodeTerms,
  address: Address | undefined,
): Promise<{ readonly node: ClusterNode; readonly server: HealthServer | undefined }> {
  let node: ClusterNode | undefined;
  const server =
    address &&
    (await serveHealth(address, {
      get isHealthy() {
        return node?.isHealthy ?? false;
      },
      writeMetrics: async () => (await node?.report.writeMetrics()) ?? '',
    }));
  try {
    node = await ClusterNode.start(terms);
    return { node, server };
  } catch (thrown) {
    await server?.close();
    throw thrown;
  }
}

/** Reads the secret of a file, without the end of its line: not from the command line, which others can list. */
async function readSecret(file: string | undefined): Promise<Signer | undefined> {
  if (file === undefined) return undefined;
  let secret: string;
  try {
    secret = (await readFile(file, 'utf8')).trimEnd();
  } catch (thrown) {
    throw new UsageError(
      `Cannot read --secret-file ${file}: ${String((thrown as NodeJS.ErrnoException).code)}.`,
    );
  }
  assertSecret(secret);
  return new Signer(secret);
}

/** Serves until a signal comes, then ends in order; a second signal, or the end of the time, ends at once. */
async function serve(node: ClusterNode, drain: number, server: HealthServer | undefined): Promise<number> {
  await new Promise<void>((resolve) => {
    let signals = 0;
    const end = (): void => {
      if (++signals > 1) process.exit(1);
      setTimeout(() => process.exit(1), Math.min(drain, LONGEST_DELAY)).unref();
      resolve();
    };
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
  });
  await node.close();
  await server?.close();
  // A timer of a connection that was ended while it waited may be left, for some seconds.
  setTimeout(() => process.exit(), LINGER).unref();
  return 0;
}
