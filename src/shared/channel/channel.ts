import { deserialize, serialize } from 'node:v8';
import { assertCount, assertKnown, optionError } from '../../options/check.ts';
import { ChannelClosedError } from './channel-closed-error.ts';
import { type Obituaries, watchThreads } from '../sync/lifelines.ts';
import type { WaitOptions } from '../sync/mutex.ts';
import { createPermits, giveBack, type Permits, take, takeSync, tryTakeSoon } from '../sync/permits.ts';
import {
  CLOSED,
  countMessages,
  createRing,
  ITEMS,
  measureMessage,
  push,
  recount,
  ROOM,
  shift,
} from './ring.ts';
import { sealValues } from '../seal/seal-values.ts';
import { setSeal } from '../seal/seal.ts';
import { assertMayBlock, assertSignal, type Cells, sleep, sleepSync, wake } from '../sync/waiting.ts';
import { recogniseCopies } from '../../realm/thread-registry.ts';

export interface ChannelOptions {
  /** The most values that wait in it. `@defaultValue` 1024 */
  readonly capacity?: number | undefined;
  /** The memory that it takes, and the most that values take which wait in it. `@defaultValue` 1 MB */
  readonly bytes?: number | undefined;
}

const MOST_BYTES = 2 ** 30;

/** What a channel is made of, whatever goes through it. */
type Core = Pick<Channel<unknown>, 'state' | 'bytes' | 'cells' | 'obituaries' | 'capacity' | 'isClosed'>;

/** What was found inside: a value that was sent or taken, or why not. */
type Sent = 'sent' | 'full' | 'closed';
type Received = Uint8Array | 'empty' | 'closed';

/**
 * A queue between threads, for any number of senders and receivers, bounded in values and in bytes: who sends into a
 * full one waits. Tasks get it as a captured variable or as a part of an item.
 *
 * Order: the values of one sender that awaits each are received in their order. Each value goes to one receiver; what
 * a thread has received is gone with it when it dies. A thread that dies while it sends or receives has done so or
 * not, never in part. After `close()`, receivers take what is left, and then end.
 *
 * Values are cloned as bytes: data, without ports and blobs, and with a copy of what lies in shared memory; what
 * threads have in common through this module is refused.
 *
 * Cost: 2–3 µs to send a small value and to receive it; 10–30 µs to be woken.
 *
 * @example
 * ```ts
 * const found = new Channel<string>();
 * const reading = (async () => { for await (const word of found) show(word); })();
 * await parallelMap(files, async (file) => { for (const word of search(file)) await found.send(word); });
 * found.close();
 * await reading;
 * ```
 */
export class Channel<T> implements Disposable, AsyncIterable<T>, Iterable<T> {
  readonly capacity: number;
  /** @internal */
  readonly state: Cells;
  /** @internal */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** @internal Of the lock that is held while the ring is touched. */
  readonly cells: Cells;
  /** @internal */
  readonly obituaries: Obituaries;

  constructor(options?: ChannelOptions) {
    assertKnown(options, ['capacity', 'bytes']);
    const { capacity = 1024, bytes = 2 ** 20 } = options ?? {};
    assertCount(capacity, 'capacity');
    assertCount(bytes, 'bytes');
    if (bytes > MOST_BYTES)
      throw optionError(`Expected at most ${MOST_BYTES} \`bytes\`, got ${bytes}.`, RangeError);
    const ring = createRing(bytes);
    const { cells, obituaries } = createPermits(1, watchThreads());
    this.capacity = capacity;
    this.state = ring.state;
    this.bytes = ring.bytes;
    this.cells = cells;
    this.obituaries = obituaries;
    setSeal(this, { 'telar.shared': 'channel', ...ring, capacity, cells, obituaries });
    Object.freeze(this);
  }

  /** How many values wait in it at this moment. */
  get size(): number {
    return countMessages(this);
  }

  get isClosed(): boolean {
    return Atomics.load(this.state, CLOSED) === 1;
  }

  /** Sends a value; resolves when it is in the channel. Rejects with `ChannelClosedError` when that is closed. */
  async send(value: T, options?: WaitOptions): Promise<void> {
    assertSignal(options);
    options?.signal?.throwIfAborted();
    const message = encode(this, value);
    for (;;) {
      const room = Atomics.load(this.state, ROOM);
      // oxlint-disable-next-line no-await-in-loop -- until there is room.
      const lock = enterNow(this) ?? (await enter(this, options?.signal));
      if (isSent(sendInside(this, message, lock))) return;
      // oxlint-disable-next-line no-await-in-loop -- until there is room.
      await sleep(this.state, ROOM, room, options?.signal);
    }
  }

  /** Sends a value, and blocks the thread while the channel is full. Throws on the main thread. */
  sendSync(value: T): void {
    assertMayBlock('sendSync()', 'send(value)');
    const message = encode(this, value);
    for (;;) {
      const room = Atomics.load(this.state, ROOM);
      if (isSent(sendInside(this, message, enterSync(this)))) return;
      sleepSync(this.state, ROOM, room);
    }
  }

  /** The next value; `{ done: true }` when the channel is closed and empty. */
  async receive(options?: WaitOptions): Promise<IteratorResult<T, undefined>> {
    assertSignal(options);
    options?.signal?.throwIfAborted();
    for (;;) {
      const items = Atomics.load(this.state, ITEMS);
      // oxlint-disable-next-line no-await-in-loop -- until there is a value.
      const lock = enterNow(this) ?? (await enter(this, options?.signal));
      const received = decode<T>(receiveInside(this, lock));
      if (received !== undefined) return received;
      // oxlint-disable-next-line no-await-in-loop -- until there is a value.
      await sleep(this.state, ITEMS, items, options?.signal);
    }
  }

  /** The next value; blocks the thread until there is one, or the channel is closed. Throws on the main thread. */
  receiveSync(): IteratorResult<T, undefined> {
    assertMayBlock('receiveSync()', 'receive()');
    for (;;) {
      const items = Atomics.load(this.state, ITEMS);
      const received = decode<T>(receiveInside(this, enterSync(this)));
      if (received !== undefined) return received;
      sleepSync(this.state, ITEMS, items);
    }
  }

  /** Nothing can be sent any more; what is inside can still be received. Calling it twice is fine. */
  close(): void {
    Atomics.store(this.state, CLOSED, 1);
    wake(this.state, ITEMS);
    wake(this.state, ROOM);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Receives until the channel is closed and empty. Several readers share the values. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, undefined> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other.
      const { done, value } = await this.receive();
      if (done === true) return;
      yield value;
    }
  }

  /** The same for workers, blocking. */
  *[Symbol.iterator](): Generator<T, undefined> {
    for (;;) {
      const { done, value } = this.receiveSync();
      if (done === true) return;
      yield value;
    }
  }
}

recogniseCopies(Channel, 'Channel');

function encode(channel: Core, value: unknown): Uint8Array {
  if (sealValues([value]) !== undefined) throw refuse('it holds what threads share.');
  let message: Uint8Array;
  try {
    message = serialize(value);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error), { cause: error });
  }
  const { length } = channel.bytes;
  if (measureMessage(message.length) <= length) return message;
  throw new RangeError(
    `The value takes ${message.length} bytes and the channel has ${length}: make it with { bytes: … } for larger ones.`,
  );
}

function refuse(reason: string, options?: ErrorOptions): TypeError {
  const fix = 'A channel carries bytes; let tasks capture what is shared.';
  return new TypeError(`This value cannot go through a channel: ${reason} ${fix}`, options);
}

function decode<T>(received: Received): IteratorResult<T, undefined> | undefined {
  if (received === 'empty') return undefined;
  if (received === 'closed') return { done: true, value: undefined };
  return { done: false, value: deserialize(received) as T };
}

function isSent(sent: Sent): boolean {
  if (sent === 'closed') throw new ChannelClosedError();
  return sent === 'sent';
}

function enterNow(lock: Permits): number | undefined {
  const at = tryTakeSoon(lock);
  return at === -1 ? undefined : at;
}

async function enter(channel: Core, signal: AbortSignal | undefined): Promise<number> {
  const { at, isInherited } = await take(channel, signal);
  if (isInherited) recount(channel);
  return at;
}

function enterSync(channel: Core): number {
  const free = enterNow(channel);
  if (free !== undefined) return free;
  const { at, isInherited } = takeSync(channel);
  if (isInherited) recount(channel);
  return at;
}

/**
 * Closing needs no lock: who sends looks whether it is closed while it holds it. A receiver finds the channel closed and
 * empty while *it* holds it, so whoever sends later sees that it is closed, and nothing comes behind the end.
 *
 * Those who wait read the count of messages (or of room) before they enter; it goes up behind each message, so a sleep
 * does not begin when one has come meanwhile.
 */
function sendInside(channel: Core, message: Uint8Array, lock: number): Sent {
  let sent: Sent = 'full';
  try {
    if (channel.isClosed) sent = 'closed';
    else if (countMessages(channel) < channel.capacity && push(channel, message)) sent = 'sent';
  } finally {
    giveBack(channel, lock);
  }
  if (sent === 'sent') wake(channel.state, ITEMS, 1);
  return sent;
}

function receiveInside(channel: Core, lock: number): Received {
  let received: Received = 'empty';
  try {
    received = shift(channel) ?? (channel.isClosed ? 'closed' : 'empty');
  } finally {
    giveBack(channel, lock);
  }
  if (received instanceof Uint8Array) wake(channel.state, ROOM);
  return received;
}
