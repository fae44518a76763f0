import { createServer } from 'node:net';

/**
 * Ports that no system gives to connections by itself. A server that is started again on its port would find it taken: while
 * it is away, clients that try again and again are given each of those ports in turn, and one that is given the port that it
 * calls is connected to itself.
 */
const FROM = 12_000;
const COUNT = 20_000;

/** Finds a port of this machine that nobody listens on. */
export async function findPort(): Promise<number> {
  for (;;) {
    const port = FROM + Math.floor(Math.random() * COUNT);
    // oxlint-disable-next-line no-await-in-loop -- one is tried after the other.
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isListening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (isListening) await new Promise((resolve) => server.close(resolve));
  return isListening;
}
