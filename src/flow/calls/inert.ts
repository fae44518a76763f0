import { isTransfer } from '../../wire/values/transfer.ts';

// An import would read all that node:util exports.
const types = process.getBuiltinModule('node:util/types');

/** The most values, and bytes, of arguments that are looked at: larger ones do not need company to be worth a message. */
const MOST_VALUES = 32;
const MOST_BYTES = 16 * 1024;

/** Bytes of a value that has no length. */
const SMALL = 8;

/**
 * Weighs arguments that may share a message with those of other calls: small ones, whose clone runs nothing of the
 * caller's, and of which nothing is handed over. Returns their bytes, about; `undefined` for all others, which travel by
 * themselves. A getter of one call would else run in the context of another, and buffers that have left cannot be taken
 * back.
 *
 * Cost: 0.1 µs for each property.
 */
export function weighInert(args: readonly unknown[]): number | undefined {
  const scale: Scale = { values: 0, bytes: 0 };
  for (const value of args) if (!weigh(value, scale)) return undefined;
  return scale.bytes;
}

interface Scale {
  values: number;
  bytes: number;
}

function weigh(value: unknown, scale: Scale): boolean {
  if (++scale.values > MOST_VALUES) return false;
  switch (typeof value) {
    case 'string':
      scale.bytes += SMALL + value.length;
      return scale.bytes <= MOST_BYTES;
    case 'function':
    case 'symbol':
      return false;
    case 'object':
      return value === null || weighObject(value, scale);
    default:
      scale.bytes += SMALL;
      return true;
  }
}

function weighObject(value: object, scale: Scale): boolean {
  // Nothing of a proxy may be asked before this.
  if (types.isProxy(value) || isTransfer(value)) return false;
  if (ArrayBuffer.isView(value)) {
    // A view takes the whole of its buffer along.
    scale.bytes += value.buffer.byteLength;
    return scale.bytes <= MOST_BYTES && !isTransfer(value.buffer);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return false;
  const keys = Object.keys(value);
  if (keys.length > MOST_VALUES) return false;
  for (const key of keys) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property === undefined || property.get !== undefined || !weigh(property.value, scale)) return false;
  }
  return true;
}
