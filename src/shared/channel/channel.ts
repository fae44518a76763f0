import { assertCount, assertKnown, optionError } from '../../options/check.ts';
import { type ThreadDeaths, watchThreads } from '../sync/lifelines.ts';
import type { WaitOptions } from '../sync/mutex.ts';
import { createPermits, readTurn, sleepTurn } from '../sync/permits.ts';
import { CLOSED, countMessages, createRing, ITEMS, ROOM } from './ring.ts';
import { setSeal } from '../seal/seal.ts';
import { assertMayBlock, assertSignal, type Cells, sleep, sleepSync, wake } from '../sync/waiting.ts';
import { recogniseCopies } from '../../realm/thread-registry.ts';
import { encode, decode, isSent, enterNow, enterSync, sendInside, receiveInside } from './exchange.ts';

export interface ChannelOptions {
  /** The most values that wait in the channel. `@defaultValue` 1024 */
  readonly capacity?: number | undefined;
  /** The memory of the channel in bytes, and so the most that its waiting values take. `@defaultValue` 1 MB */
  readonly bytes?: number | undefined;
}

const MOST_BYTES = 2 ** 30;

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
  readonly bytes: Uint8Array & { readonly buffer: SharedArrayBuffer };
  /** @internal Cells of the lock that is held while the ring is touched. */
  readonly cells: Cells;
  /** @internal */
  readonly obituaries: ThreadDeaths;

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

  /** Number of values that wait in the channel at this moment. */
  get size(): number {
    return countMessages(this);
  }

  get isClosed(): boolean {
    return Atomics.load(this.state, CLOSED) === 1;
  }

  /**
   * Sends a value; resolves when the value is in the channel. Rejects with `ChannelClosedError` when the channel is
   * closed.
   */
  async send(value: T, options?: WaitOptions): Promise<void> {
    assertSignal(options);
    options?.signal?.throwIfAborted();
    const message = encode(this, value);
    for (;;) {
      const room = Atomics.load(this.state, ROOM);
      const turn = readTurn(this);
      const lock = enterNow(this);
      if (lock !== undefined && isSent(sendInside(this, message, lock))) return;
      // oxlint-disable-next-line no-await-in-loop -- until the lock is free, or there is room.
      await (lock === undefined
        ? sleepTurn(this, turn, options?.signal)
        : sleep(this.state, ROOM, room, options?.signal));
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

  /** Receives the next value; `{ done: true }` when the channel is closed and empty. */
  async receive(options?: WaitOptions): Promise<IteratorResult<T, undefined>> {
    assertSignal(options);
    options?.signal?.throwIfAborted();
    for (;;) {
      const items = Atomics.load(this.state, ITEMS);
      const turn = readTurn(this);
      const lock = enterNow(this);
      const received = lock === undefined ? undefined : decode<T>(receiveInside(this, lock));
      if (received !== undefined) return received;
      // oxlint-disable-next-line no-await-in-loop -- until the lock is free, or there is a value.
      await (lock === undefined
        ? sleepTurn(this, turn, options?.signal)
        : sleep(this.state, ITEMS, items, options?.signal));
    }
  }

  /**
   * Receives the next value; blocks the thread until there is one, or the channel is closed. Throws on the main thread.
   */
  receiveSync(): IteratorResult<T, undefined> {
    assertMayBlock('receiveSync()', 'receive()');
    for (;;) {
      const items = Atomics.load(this.state, ITEMS);
      const received = decode<T>(receiveInside(this, enterSync(this)));
      if (received !== undefined) return received;
      sleepSync(this.state, ITEMS, items);
    }
  }

  /** Closes the channel: no value can be sent any more, those inside can be received. Calling it twice is fine. */
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

  /**
   * Receives until the channel is closed and empty, and blocks the thread, for workers. Throws on the main thread.
   * Several readers share the values.
   */
  *[Symbol.iterator](): Generator<T, undefined> {
    for (;;) {
      const { done, value } = this.receiveSync();
      if (done === true) return;
      yield value;
    }
  }
}

recogniseCopies(Channel, 'Channel');
