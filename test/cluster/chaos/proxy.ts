import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { reset } from '../../servers/reset.ts';

export type Direction = 'up' | 'down';

/**
 * Fate of a connection at a piece that a client sends. `'cut'`: it is reset, and the piece does not arrive; `'cut
 * after'`: the piece arrives, and its answer does not; `'forget'`: nothing arrives any more, and nobody is told.
 */
export type Fate = 'pass' | 'cut' | 'cut after' | 'forget';

/** A connection through the proxy. */
interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** Whether all that comes is thrown away, as behind a router that has forgotten the connection. */
  isForgotten: boolean;
}

/** A way to a server that does to connections what networks do. */
export class Proxy {
  /** The server's URL, but for host and port. */
  readonly url: string;
  /** Called with each piece that a client sends; returns what becomes of the connection. */
  onPiece: ((piece: Buffer) => Fate) | undefined;
  /** Called with each piece that the server sends; returns the number of bytes behind which the connection is reset. */
  onAnswer: ((piece: Buffer) => number | undefined) | undefined;
  /** Milliseconds by which all that comes is late. */
  delay = 0;
  /** Bytes that clients may send in a millisecond. */
  rate: number = Infinity;
  readonly #listener: Server;
  readonly #to: { readonly host: string; readonly port: number };
  readonly #links = new Set<Link>();
  readonly #sockets = new Set<Socket>();
  readonly #halted = new Set<Direction>();
  #onResume: (() => void)[] = [];

  private constructor(url: string, to: { host: string; port: number }, listener: Server) {
    this.url = url;
    this.#to = to;
    this.#listener = listener;
    listener.on('connection', (client) => this.#connect(client));
  }

  static async open(to: string): Promise<Proxy> {
    const { hostname, port } = new URL(to);
    const listener = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const url = new URL(to);
    url.hostname = '127.0.0.1';
    url.port = String((listener.address() as AddressInfo).port);
    return new Proxy(url.href, { host: hostname, port: Number(port) }, listener);
  }

  get size(): number {
    return this.#links.size;
  }

  /** Resets all connections. */
  cut(): void {
    for (const link of this.#links) resetBoth(link);
  }

  /** Ends one direction of all connections, as a peer that says no more. */
  endHalf(direction: Direction): void {
    for (const { client, server } of this.#links) (direction === 'up' ? server : client).end();
  }

  /** Passes nothing on, in one direction, until `resume`. */
  halt(direction: Direction): void {
    this.#halted.add(direction);
  }

  resume(): void {
    this.#halted.clear();
    for (const go of this.#onResume.splice(0)) go();
  }

  /** Throws away all that comes over the connections that there are, and tells nobody. */
  forget(): void {
    for (const link of this.#links) link.isForgotten = true;
  }

  async close(): Promise<void> {
    this.onPiece = undefined;
    this.onAnswer = undefined;
    this.resume();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  #connect(client: Socket): void {
    const server = connect({ ...this.#to, allowHalfOpen: true });
    const link: Link = { client, server, isForgotten: false };
    this.#links.add(link);
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => resetBoth(link));
      socket.on('close', () => {
        this.#links.delete(link);
        this.#sockets.delete(socket);
        if (!link.isForgotten) resetBoth(link);
      });
    }
    this.#pass(link, 'up', client, server);
    this.#pass(link, 'down', server, client);
  }

  #pass(link: Link, direction: Direction, from: Socket, into: Socket): void {
    let last: Promise<void> = Promise.resolve();
    const enqueue = (step: () => void | Promise<void>): void => {
      last = last.then(async () => {
        if (this.delay > 0) await sleep(this.delay);
        while (this.#halted.has(direction))
          await new Promise<void>((resolve) => this.#onResume.push(resolve));
        if (!link.isForgotten) await step();
      });
    };
    from.on('data', (piece: Buffer) => {
      if (direction === 'up' && this.rate < Infinity) {
        from.pause();
        enqueue(() => sleep(piece.length / this.rate));
      }
      enqueue(() => {
        from.resume();
        const fate = direction === 'up' ? (this.onPiece?.(piece) ?? 'pass') : 'pass';
        if (fate === 'forget') link.isForgotten = true;
        if (fate === 'cut') resetBoth(link);
        if (fate === 'forget' || fate === 'cut') return;
        // What the server answers to it does not arrive.
        if (fate === 'cut after')
          link.server
            .once('data', () => resetBoth(link))
            .pause()
            .resume();
        const bytes = direction === 'down' ? this.onAnswer?.(piece) : undefined;
        if (bytes === undefined) into.write(piece);
        // What was sent arrives, and then no more does.
        else into.end(piece.subarray(0, bytes), () => resetBoth(link));
      });
    });
    from.on('end', () => enqueue(() => void into.end()));
  }
}

function resetBoth({ client, server }: Link): void {
  reset(client);
  reset(server);
}
