import { sealValues } from '../memory/seals/seal-values.ts';
import { describeThrown } from './error.ts';

/** Where in a value the thing stands that cannot cross, and why it cannot. */
export interface Uncloneable {
  readonly path: string;
  readonly reason: string;
}

/** Throws when a value cannot cross. */
export type CloneAttempt = (value: unknown) => void;

/**
 * Finds what keeps `value` from being cloned, or `undefined` when it can be. Cost: clones the value level by level.
 *
 * @param attempt - What crossing means here. `@defaultValue` structured clone
 */
export function findUncloneable(
  value: unknown,
  path: string,
  attempt: CloneAttempt = structuredClone,
): Uncloneable | undefined {
  const found = search(value, path, new Set(), attempt);
  return found === SEEN ? { path, reason: tryClone(value, attempt) ?? 'it refers to itself' } : found;
}

/** It cannot be cloned, and who is to blame is found, if anywhere, further up. */
const SEEN = Symbol('seen');

function search(
  value: unknown,
  path: string,
  seen: Set<object>,
  attempt: CloneAttempt,
): Uncloneable | typeof SEEN | undefined {
  const reason = tryClone(value, attempt);
  if (reason === undefined) return undefined;
  if (typeof value !== 'object' || value === null) return { path, reason };
  if (seen.has(value)) return SEEN;
  seen.add(value);
  let place = path;
  let leadsBack = false;
  try {
    for (const [step, read] of listParts(value)) {
      place = path + step;
      const inner = search(read(), place, seen, attempt);
      if (inner === SEEN) leadsBack = true;
      else if (inner !== undefined) return inner;
    }
  } catch (thrown) {
    const what = place === path ? 'it cannot be read' : 'its getter throws';
    return { path: place, reason: `${what}: ${describeThrown(thrown)}` };
  }
  return leadsBack ? SEEN : { path, reason };
}

function tryClone(value: unknown, attempt: CloneAttempt): string | undefined {
  if (typeof value === 'function') return `it is a function${value.name ? ` (${value.name})` : ''}`;
  if (typeof value === 'symbol') return `it is a symbol (${String(value)})`;
  try {
    attempt(sealValues([value]) ?? value);
    return undefined;
  } catch (thrown) {
    return describeThrown(thrown);
  }
}

function* listParts(value: object): Generator<[string, () => unknown]> {
  if (value instanceof Map) {
    let position = 0;
    for (const [key, inner] of value) {
      yield [`.keys()[${position}]`, () => key];
      yield [
        typeof key === 'string' ? `.get(${JSON.stringify(key)})` : `.values()[${position}]`,
        () => inner,
      ];
      position++;
    }
  } else if (value instanceof Set) {
    let position = 0;
    for (const inner of value) yield [`.values()[${position++}]`, () => inner];
  } else {
    for (const key of Object.keys(value)) {
      const step = Array.isArray(value)
        ? `[${key}]`
        : /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
          ? `.${key}`
          : `[${JSON.stringify(key)}]`;
      yield [step, () => (value as Record<string, unknown>)[key]];
    }
  }
}
