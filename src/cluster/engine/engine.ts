import type { ConnectionOptions } from 'bullmq';
import { destroyConnection, type OwnClient } from '../../io/postgres/connection/wire-client.ts';
import { ClusterError } from '../cluster-error.ts';
import { connectRedis } from '../store/redis/connection.ts';
import { loadPatientClient } from './patient-client.ts';

export type { Job, Queue, QueueOptions, Worker, WorkerOptions } from 'bullmq';

/** The finished jobs that stay, for dashboards. */
export const KEPT = { removeOnComplete: { count: 200, age: 3600 }, removeOnFail: { count: 200 } };

/** Milliseconds after which a connection that does not answer is taken for lost; BullMQ's calls that wait take a second. */
const ANSWER = 10_000;

/** Milliseconds between two tries to connect to PostgreSQL: BullMQ would try without a pause. */
const RETRY = 250;

export type BullMq = typeof import('bullmq');

/** Place where BullMQ keeps its queues. */
export interface Place {
  readonly connection: ConnectionOptions;
  readonly prefix: string;
  /** BullMQ's backend; `undefined` for the one of Redis. */
  readonly backend: unknown;
}

/** Makes BullMQ's tables on a PostgreSQL server, unless they are there. */
export const initEngine = (connection: string): Promise<void> => openTables(connection, true);

/** Throws where BullMQ lacks its tables: a node would wait in silence for jobs that it can never get. */
export async function assertEngine(connection: string): Promise<void> {
  try {
    if (isPostgres(connection)) await openTables(connection, false);
  } catch (cause) {
    if (!/migrat|not initialized/i.test(String(Object(cause).message))) throw cause;
    throw new ClusterError(
      'The broker has no tables for BullMQ of this version: run `npx telar cluster init --connection …` once, as a role that may create them.',
      'broker',
      { cause },
    );
  }
}

async function openTables(connectionString: string, migrate: boolean): Promise<void> {
  const bullMq = await loadBullMq();
  const Client = await loadPatientClient(0, new Set());
  // Making the tables may take longer than any other answer.
  const limits = migrate ? {} : { query_timeout: ANSWER, connectionTimeoutMillis: ANSWER };
  const connection = { connectionString, Client, migrate, ...limits } as unknown as ConnectionOptions;
  const queue = new bullMq.Queue('telar-init', { connection }, asBackend(bullMq.createPostgresBackend));
  queue.on('error', () => {});
  try {
    await queue.waitUntilReady();
  } finally {
    await queue.close();
  }
}

export function nameQueue(queue: string, version: string): string {
  return `telar-${queue}-${version}`;
}

/** Returns where a queue lies, for a program that ends by itself. */
export async function locate(bullMq: BullMq, connection: string, queue: string): Promise<Place> {
  const prefix = `{telar:${queue}}`;
  if (isPostgres(connection)) {
    const Client = await loadPatientClient(RETRY, new Set());
    return { prefix, connection: describePool(connection, Client), backend: bullMq.createPostgresBackend };
  }
  const settings = { url: connection, maxRetriesPerRequest: null, socketTimeout: ANSWER };
  return { prefix, connection: settings, backend: undefined };
}

/** Returns where a queue lies, with all of its connections, which `end` ends whatever BullMQ waits for. */
export async function locateOwned(
  bullMq: BullMq,
  connection: string,
  queue: string,
): Promise<Place & { readonly end: () => void }> {
  const prefix = `{telar:${queue}}`;
  if (isPostgres(connection)) {
    const clients = new Set<OwnClient>();
    const Client = await loadPatientClient(RETRY, clients);
    return {
      prefix,
      connection: describePool(connection, Client),
      backend: bullMq.createPostgresBackend,
      end: () => clients.forEach(destroyConnection),
    };
  }
  const client = await connectRedis(connection, prefix);
  return {
    prefix,
    connection: client as unknown as ConnectionOptions,
    backend: undefined,
    end: () => client.disconnect(),
  };
}

function describePool(connection: string, Client: new (settings: object) => OwnClient): ConnectionOptions {
  const limits = { query_timeout: ANSWER, connectionTimeoutMillis: ANSWER };
  return { connectionString: connection, Client, ...limits } as unknown as ConnectionOptions;
}

/** Tells a PostgreSQL server by its URL from a Redis one. */
export function isPostgres(connection: string): boolean {
  return /^postgres(ql)?:/.test(connection);
}

/** BullMQ's types tie a backend to the type of its connection, which is known at run time only here. */
export function asBackend(backend: unknown): undefined {
  return backend as undefined;
}

export async function loadBullMq(): Promise<BullMq> {
  try {
    return await import('bullmq');
  } catch (cause) {
    throw new ClusterError(
      'telar/cluster needs bullmq, and ioredis or pg: npm install bullmq ioredis',
      'broker',
      {
        cause,
      },
    );
  }
}
