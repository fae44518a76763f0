import type { Transferable } from 'node:worker_threads';
import { shareOnThread } from '../../realm/thread-registry.ts';

interface Marks {
  /**
   * Values that were marked, each with the list of what it hands over. A mark lasts until the value has crossed, or is
   * collected.
   */
  readonly lists: WeakMap<object, readonly Transferable[]>;
  /** Number of marked values that have not crossed yet: while it is 0, nothing needs to be searched. */
  pending: number;
}

/** Marks that `transfer()` made on this thread. A mark that is not found means a copy. */
const marks: Marks = shareOnThread('transfers', () => ({ lists: new WeakMap(), pending: 0 }));

/**
 * Marks `value` so that its buffers are handed over to the other thread instead of being copied, at any depth of an
 * item or a result. Returns the same value.
 *
 * @param list - What to hand over. `@defaultValue` the value's own ArrayBuffer, MessagePort or stream.
 *
 * @remarks The sender's buffers are empty (`byteLength === 0`) once the item was sent, so an item that was
 * transferred is not tried again when it fails. Cost: none per byte; while marked values are on their way, each
 * item is searched for them.
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
  if (!marks.lists.has(value)) marks.pending++;
  marks.lists.set(
    value,
    list ?? [ArrayBuffer.isView(value) ? (value.buffer as ArrayBuffer) : (value as Transferable)],
  );
  return value;
}

/** Returns whether `transfer()` has marked this very value. */
export function isMarked(value: object): boolean {
  return marks.lists.has(value);
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
export interface Handover {
  readonly list: Set<Transferable>;
  readonly owners: object[];
  /** Positions of the values that will be gone from this thread. */
  readonly positions: Set<number>;
}

/** Returns whether any value may be marked. */
export function hasMarks(): boolean {
  return marks.pending > 0;
}

/**
 * Searches values that are about to be sent for what `transfer()` marked.
 * Returns `undefined`, at the cost of one comparison, when nothing can be marked.
 */
export function collectTransfers(values: readonly unknown[]): Handover | undefined {
  if (marks.pending === 0) return undefined;
  const found: Handover = { list: new Set(), owners: [], positions: new Set() };
  const seen = new Set<object>();
  values.forEach((value, position) => {
    const before = found.owners.length;
    search(value, found, seen);
    if (found.owners.length > before) found.positions.add(position);
  });
  return found.owners.length === 0 ? undefined : found;
}

/** Forgets the marks of a message that was posted: they have done their work. */
export function forgetMarks(handover: Handover): void {
  for (const owner of handover.owners) {
    if (marks.lists.delete(owner)) marks.pending--;
  }
}

/** Searches a value for marks, without recursion: a value may be nested deeper than the stack goes. */
function search(root: unknown, found: Handover, seen: Set<object>): void {
  const left: unknown[] = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    const own = marks.lists.get(value);
    if (own !== undefined) {
      found.owners.push(value);
      for (const item of own) found.list.add(ArrayBuffer.isView(item) ? (item.buffer as ArrayBuffer) : item);
    }
    try {
      pushParts(left, value);
    } catch {
      // A getter or a proxy of the user's threw. Whoever clones the value will say so, of the right item.
    }
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
