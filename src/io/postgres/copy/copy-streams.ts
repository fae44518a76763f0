import type { Readable, Writable } from 'node:stream';
import type { PgClient } from '../connection.ts';

interface CopyStreams {
  readonly from: (query: string) => Writable;
  readonly to: (query: string) => Readable;
}

/** Begins a COPY that the server reads. */
export async function copyFrom(client: PgClient, query: string): Promise<Writable> {
  const { from } = await load();
  return client.query(from(query));
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
