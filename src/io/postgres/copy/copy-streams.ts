import type { Readable, Writable } from 'node:stream';
import type { PgClient } from '../connection/connection.ts';

interface CopyStreams {
  readonly from: (query: string, options: { highWaterMark: number }) => Writable;
  readonly to: (query: string) => Readable;
}

/**
 * Number of bytes that wait for a server that does not read, such as one that waits for a lock: the source is read so
 * much further, and heard when it fails.
 */
const WAITING = 8 * 1024 * 1024;

/** Begins a COPY that the server reads. */
export async function copyFrom(client: PgClient, query: string): Promise<Writable> {
  const { from } = await load();
  return client.query(from(query, { highWaterMark: WAITING }));
}

/** Begins a COPY that the server writes. */
export async function copyTo(client: PgClient, query: string): Promise<Readable> {
  const { to } = await load();
  return client.query(to(query));
}

async function load(): Promise<CopyStreams> {
  try {
    return (await import('pg-copy-streams')) as unknown as CopyStreams;
  } catch (cause) {
    throw new Error('Bulk reads and writes need pg-copy-streams: npm install pg-copy-streams', { cause });
  }
}
