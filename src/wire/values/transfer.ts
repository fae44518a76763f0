import type { Transferable } from 'node:worker_threads';
import { shareOnThread } from '../../realm/thread-registry.ts';

interface Transfers {
  /**
   * Values given to `transfer()`, each with the list of what it hands over. A value stays here until it has crossed, or
   * is collected.
   */
  readonly lists: WeakMap<object, readonly Transferable[]>;
  /** Number of these values that have not crossed yet: while it is 0, nothing needs to be searched. */
  pending: number;
}

/** The transfers of this thread. A value that is not among them is copied. */
const transfers: Transfers = shareOnThread('transfers', () => ({ lists: new WeakMap(), pending: 0 }));

/**
 * Marks `value` so that its buffers are handed over to the other thread instead of being copied, at any depth of an
 * item or a result. Returns the same value.
 *
 * @param list - What to hand over. `@defaultValue` the value's own ArrayBuffer, MessagePort or stream.
 *
 * @remarks The sender's buffers are empty (`byteLength === 0`) once the item was sent, so an item that was
 * transferred is not tried again when it fails. Cost: none per byte; while marked values are on their way, each
 * item is searched for them. From the first buffer that a thread hands over, V8 asks at each access to a typed array
 * whether its buffer is still there: tight loops over typed arrays take 1.2 to 1.35 times as long on that thread.
 *
 * @example
 * ```ts
 * await parallelMap(pages.map((page) => transfer(page, [page.buffer])), countWords);
 * ```
 */
export function transfer<T extends object>(value: T, list?: readonly Transferable[]): T {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(
      `transfer() expects an object or a buffer, got ${value === null ? 'null' : typeof value}.`,
    );
  }
  if (list !== undefined && !Array.isArray(list)) {
    throw new TypeError('transfer(value, list) expects an array of buffers or ports as its list.');
  }
  for (const transferable of list ?? [value]) assertTransferable(transferable);
  if (!transfers.lists.has(value)) transfers.pending++;
  transfers.lists.set(
    value,
    list ?? [ArrayBuffer.isView(value) ? (value.buffer as ArrayBuffer) : (value as Transferable)],
  );
  return value;
}

/** Returns whether `transfer()` was given this very value. */
export function isTransfer(value: object): boolean {
  return transfers.lists.has(value);
}

function assertTransferable(value: unknown): void {
  const own = ArrayBuffer.isView(value) ? value.buffer : value;
  if (own instanceof SharedArrayBuffer) {
    throw new TypeError('transfer() got shared memory, which both threads see already: pass it as it is.');
  }
  if (
    Array.isArray(own) ||
    (typeof own === 'object' && own !== null && Object.getPrototypeOf(own) === Object.prototype)
  ) {
    throw new TypeError(
      'transfer() got a plain object or array, which has no buffer of its own: name its buffers in the list, ' +
        'as in transfer(value, [value.bytes.buffer]).',
    );
  }
}

/** All that one message hands over. */
export interface TransferList {
  readonly list: Set<Transferable>;
  readonly owners: object[];
  /** Positions of the values that will be gone from this thread. */
  readonly positions: Set<number>;
}

/** Returns whether any value may be one of those given to `transfer()`. */
export function hasTransfers(): boolean {
  return transfers.pending > 0;
}

/**
 * Searches values that are about to be sent for those that were given to `transfer()`.
 * Returns `undefined`, at the cost of one comparison, when there are none.
 */
export function collectTransfers(values: readonly unknown[]): TransferList | undefined {
  if (transfers.pending === 0) return undefined;
  const found: TransferList = { list: new Set(), owners: [], positions: new Set() };
  const seen = new Set<object>();
  values.forEach((value, position) => {
    const before = found.owners.length;
    search(value, found, seen);
    if (found.owners.length > before) found.positions.add(position);
  });
  return found.owners.length === 0 ? undefined : found;
}

/** Forgets the transfers of a message that was posted. */
export function forgetTransfers(handedOver: TransferList): void {
  for (const owner of handedOver.owners) {
    if (transfers.lists.delete(owner)) transfers.pending--;
  }
}

/** Searches a value for transfers, without recursion: a value may be nested deeper than the stack goes. */
function search(root: unknown, found: TransferList, seen: Set<object>): void {
  const left: unknown[] = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    const own = transfers.lists.get(value);
    if (own !== undefined) {
      found.owners.push(value);
      for (const item of own) {
        const transferable = ArrayBuffer.isView(item) ? (item.buffer as ArrayBuffer) : item;
        if (!isGone(transferable)) found.list.add(transferable);
      }
    }
    try {
      pushParts(left, value);
    } catch {
      // A getter or a proxy of the user's threw. Whoever clones the value will say so, of the right item.
    }
  }
}

/**
 * Tells whether a buffer was handed over already. Such a one is not handed over again, since it would arrive as an empty
 * one without a word: it is cloned like any other value, which says that it cannot be.
 */
function isGone(transferable: unknown): boolean {
  if (!(transferable instanceof ArrayBuffer) || transferable.byteLength > 0) return false;
  try {
    // Node 20 has no `detached`.
    return new Uint8Array(transferable).length > 0;
  } catch {
    return true;
  }
}

function pushParts(left: unknown[], value: object): void {
  // Buffers have no properties that clone sees; a number of keys in the millions, though.
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return;
  const push = (part: unknown): void => {
    if (typeof part === 'object' && part !== null) left.push(part);
  };
  if (value instanceof Map) {
    for (const [key, inner] of value) {
      push(key);
      push(inner);
    }
  } else if (Array.isArray(value) || value instanceof Set) {
    for (const inner of value) push(inner);
  } else {
    for (const key of Object.keys(value)) push((value as Record<string, unknown>)[key]);
  }
}
