import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startPostgres } from '../servers/postgres.ts';
import { startRedis } from '../servers/redis.ts';

const TELAR = fileURLToPath(new URL('../../bundle/cli.js', import.meta.url));

/** Server that hands work out. */
export interface ExampleBroker {
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a broker that ends with the program: Redis where it is found, else the PostgreSQL that npm brings. With TELAR_BROKER in
 * the environment, that one is used.
 */
export async function startBroker(): Promise<ExampleBroker> {
  const given = process.env['TELAR_BROKER'];
  if (given !== undefined && given !== '') return { name: 'TELAR_BROKER', url: given, stop: async () => {} };
  try {
    const server = await startRedis();
    return { name: 'Redis', url: server.url, stop: () => server.remove() };
  } catch {
    const server = await startPostgres();
    // What an administrator does once for each server.
    await promisify(execFile)(process.execPath, [TELAR, 'cluster', 'init', '--connection', server.url]);
    return { name: 'PostgreSQL', url: server.url, stop: () => server.stop() };
  }
}
