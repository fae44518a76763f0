import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { reset } from './reset.ts';

/** A way to a server, which is cut behind the n-th byte that goes there (`up`) or comes from there (`down`). */
export interface Cut {
  /** URL of the server, but for host and port. */
  readonly url: string;
  close(): Promise<void>;
}

/** Opens a way that passes so many bytes of each connection, in the direction that is cut. */
export async function openCut(to: string, bytes: number, direction: 'up' | 'down'): Promise<Cut> {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect({ port: Number(port), host: hostname });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
        sockets.delete(socket);
      });
    }
    const [from, into] = direction === 'up' ? [client, upstream] : [upstream, client];
    into.pipe(from);
    let left = bytes;
    from.on('data', (data: Buffer) => {
      const part = data.subarray(0, left);
      left -= part.length;
      if (left > 0) {
        if (!into.write(part)) from.pause();
      } else {
        // All bytes that were sent arrive, and then no more do.
        into.end(part, () => reset(client));
      }
    });
    into.on('drain', () => from.resume());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(to);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
