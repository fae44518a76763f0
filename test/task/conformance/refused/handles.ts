import { EventEmitter } from 'node:events';
import { open } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { Socket } from 'node:net';
import { createHash, createHmac } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { MessageChannel } from 'node:worker_threads';
import type { Refused } from './refused.ts';

const socket = new Socket();
const pool = { clients: [{ connection: { stream: socket } }] };
class Pool {
  readonly clients = [socket];
}
const db = new Pool();
const server = createServer();
const stream = new PassThrough();
const readable = Readable.from([1]);
const webStream = new ReadableStream();
const emitter = new EventEmitter();
const target = new EventTarget();
const { port1 } = new MessageChannel();
const controller = new AbortController();
const timer = setTimeout(() => undefined, 0);
const outgoing = request({ host: 'localhost', port: 9 }).on('error', () => undefined);
outgoing.destroy();
const file = await open(new URL(import.meta.url));
await file.close();
const hash = createHash('sha256');
const hmac = createHmac('sha256', 'key');
const response = new Response('body');
const open_ = 'Pass its result instead, or open it in the worker with perWorker(() => …).';
const make = 'Make it in the worker with perWorker(() => …).';

/** Closures over what belongs to the system: sockets, streams, files, timers. */
export const refusedHandles: readonly Refused[] = [
  {
    title: 'a socket',
    task: () => socket,
    says: `it uses \`socket\` (Socket, line LINE), which is a socket. ${open_}`,
  },
  {
    title: 'a socket in an object',
    task: () => pool,
    says: `it uses \`pool\` (Object, line LINE), which holds a socket (\`pool.clients[0].connection.stream\`). ${open_}`,
    path: 'pool.clients[0].connection.stream',
  },
  {
    title: 'a socket in an instance',
    task: () => db,
    says: `it uses \`db\` (Pool, line LINE), which holds a socket (\`db.clients[0]\`). ${open_}`,
  },
  {
    title: 'a server',
    task: () => server,
    says: 'it uses `server` (Server, line LINE), which is a server. Pass what it received instead.',
  },
  {
    title: 'a stream',
    task: () => stream,
    says: `it uses \`stream\` (PassThrough, line LINE), which is a stream. ${open_}`,
  },
  {
    title: 'a readable',
    task: () => readable,
    says: `it uses \`readable\` (Readable, line LINE), which is a stream. ${open_}`,
  },
  {
    title: 'a web stream',
    task: () => webStream,
    says: `it uses \`webStream\` (ReadableStream, line LINE), which is a stream. ${open_}`,
  },
  {
    title: 'a stream of the process',
    task: () => ({ out: process.stdout, own: stream }),
    says: `it uses \`stream\` (PassThrough, line LINE), which is a stream. ${open_}`,
  },
  {
    title: 'an emitter',
    task: () => emitter,
    says: `it uses \`emitter\` (EventEmitter, line LINE), which is an event emitter. ${make}`,
  },
  {
    title: 'an event target',
    task: () => target,
    says: `it uses \`target\` (EventTarget, line LINE), which is an event target. ${make}`,
  },
  {
    title: 'a message port',
    task: () => port1,
    says: 'it uses `port1` (MessagePort, line LINE), which is a message port. Hand it over with transfer() as part of an item.',
  },
  {
    title: 'an abort signal',
    task: () => controller.signal,
    says: 'it uses `controller` (AbortController, line LINE), which is an abort controller. Pass its signal as the `signal` of the call; the task sees `context.signal`.',
  },
  {
    title: 'a timer',
    task: () => timer,
    says: 'it uses `timer` (Timeout, line LINE), which is a timer. Start it in the task.',
  },
  {
    title: 'a request',
    task: () => outgoing,
    says: `it uses \`outgoing\` (ClientRequest, line LINE), which is a request under way. ${open_}`,
  },
  {
    title: 'an open file',
    task: () => file,
    says: 'it uses `file` (FileHandle, line LINE), which is an open file. Pass its path, and open it in the worker with perWorker(() => …).',
  },
  {
    title: 'a hash',
    task: () => hash,
    says: 'it uses `hash` (Hash, line LINE), which is a hash under way. Make it in the task.',
  },
  {
    title: 'a keyed hash',
    task: () => hmac,
    says: 'it uses `hmac` (Hmac, line LINE), which is a hash under way. Make it in the task.',
  },
  {
    title: 'a response',
    task: () => response,
    says: 'it uses `response` (Response, line LINE), which is a response. Read its body first and capture that.',
  },
];
