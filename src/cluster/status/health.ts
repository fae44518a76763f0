import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { optionError } from '../../options/check.ts';

const LOOPBACK = '127.0.0.1';
/** Milliseconds that a client may take for its request: nothing is sent that is long. */
const LIMIT = 5000;

/** Place where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The state that is served. */
export interface HealthSource {
  /** Whether the node takes chunks, and the broker has heard of it lately. */
  readonly isHealthy: boolean;
  writeMetrics(): Promise<string>;
}

/** Reads a port, or a host with a port; without a host it is this machine alone. */
export function parseAddress(text: string): Address {
  const [, host, port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw optionError(`Expected a port, or host:port, such as 9100 or 0.0.0.0:9100, got '${text}'.`);
  }
  return { host: host?.replace(/^\[(.*)\]$/, '$1') ?? LOOPBACK, port: Number(port) };
}

/** A server that listens. */
export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `/healthz` and `/metrics`, to whoever can reach the address: it says numbers and names, and takes nothing.
 *
 * @throws Error when nothing can listen there.
 */
export async function serveHealth({ host, port }: Address, source: HealthSource): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') answer(response, 405, 'only GET\n');
    else if (path === '/healthz') {
      const { isHealthy } = source;
      answer(response, isHealthy ? 200 : 503, isHealthy ? 'ok\n' : 'no contact with the broker\n');
    } else if (path === '/metrics') {
      source.writeMetrics().then(
        (text) => answer(response, 200, text, 'text/plain; version=0.0.4; charset=utf-8'),
        () => answer(response, 500, 'it could not be measured\n'),
      );
    } else answer(response, 404, '/healthz or /metrics\n');
  });
  server.requestTimeout = LIMIT;
  server.headersTimeout = LIMIT;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(optionError(`Cannot listen at ${host}:${port} for --health: ${cause.code ?? cause.message}.`)),
    );
    server.listen(port, host, resolve);
  });
  // What goes wrong with one client is no matter of the node.
  server.on('error', () => {});
  const { port: found } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${found}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
}
