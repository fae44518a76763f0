import { openSeal } from './open-seal.ts';
import { KEY, type Seal } from '../seal/seal.ts';

/** Puts what threads have in common into the place of its seals, at any depth of values that have just arrived. */
export function openValues(values: unknown[]): void {
  const opened = new Map<object, object>();
  const holders = new Set<object>([values]);
  const open = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (!isSeal(part)) {
      holders.add(part);
      return part;
    }
    const known = opened.get(part) ?? openSeal(part);
    opened.set(part, known);
    return known;
  };
  // A set that grows is walked to its end, without a stack of its own.
  for (const holder of holders) openParts(holder, open);
}

function openParts(holder: object, open: (part: unknown) => unknown): void {
  if (ArrayBuffer.isView(holder) || holder instanceof ArrayBuffer || holder instanceof SharedArrayBuffer)
    return;
  if (holder instanceof Map) {
    const entries = [...holder];
    holder.clear();
    for (const [key, value] of entries) holder.set(open(key), open(value));
  } else if (holder instanceof Set) {
    const values = [...holder];
    holder.clear();
    for (const value of values) holder.add(open(value));
  } else {
    const fields = holder as Record<string, unknown>;
    for (const key of Object.keys(fields)) {
      const part = fields[key];
      const own = open(part);
      if (own !== part) fields[key] = own;
    }
  }
}

function isSeal(value: object): value is Seal {
  return typeof (value as Partial<Seal>)[KEY] === 'string';
}
