import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { after, before } from 'node:test';

/** Decides what the server does with a request. */
export type Answerer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A real HTTP server for a test file. */
export interface TestServer {
  readonly url: string;
  /** Connections that were ever opened. */
  readonly connections: number;
  /** Requests that came, by path. */
  readonly requests: string[];
  /** The most requests that were being answered at once. */
  readonly most: number;
  on(path: string, answer: Answerer): void;
  /** Closes the connections that are kept for a next request, or were never used, before the census counts. */
  readonly settle: () => Promise<void>;
}

/** Starts it before the first test of a file, and stops it after the last. */
export function useServer(): TestServer {
  const answers = new Map<string, Answerer>();
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const answering = new Set<Socket>();
  let connections = 0;
  let running = 0;
  let most = 0;
  let url = '';
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    most = Math.max(most, ++running);
    answering.add(request.socket);
    response.once('close', () => {
      running--;
      answering.delete(request.socket);
    });
    const answer = answers.get(path) ?? answers.get(path.split('?')[0] ?? '');
    if (answer === undefined) response.writeHead(404).end(`nothing at ${path}`);
    else answer(request, response);
  });
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    get url() {
      return url;
    },
    get connections() {
      return connections;
    },
    get most() {
      return most;
    },
    requests,
    on: (path, answer) => answers.set(path, answer),
    settle: async () => {
      for (const socket of sockets) if (!answering.has(socket)) socket.destroy();
    },
  };
}
