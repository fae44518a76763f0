import { describeThrown } from './error.ts';
import { isContainer, listParts } from './parts.ts';
import { carryValues } from '../pack/carry.ts';

/** The place in a value of the thing that cannot cross, and the reason why it cannot. */
export interface Uncloneable {
  readonly path: string;
  readonly reason: string;
}

/** A function that throws when a value cannot cross. */
export type CloneAttempt = (value: unknown) => void;

/** A value on the way down from the root, with what is left of its parts. */
interface Frame {
  /** Step by which the value is reached from the one before it. */
  readonly step: string;
  readonly value: object;
  readonly parts: Iterator<readonly [step: string, read: () => unknown]>;
}

/**
 * Finds what keeps `value` from being cloned, or `undefined` when it can be.
 *
 * Cost: clones the value once, and walks it once, however deep it is nested: without recursion, and without cloning the
 * same part again at every level.
 *
 * @param attempt - Tries to make the value cross. `@defaultValue` structured clone
 */
export function findUncloneable(
  value: unknown,
  path: string,
  attempt: CloneAttempt = structuredClone,
): Uncloneable | undefined {
  const failed = tryClone(value, attempt);
  if (failed === undefined) return undefined;
  if (typeof value !== 'object' || value === null) return { path, reason: failed.reason };
  const walk = new Walk(path, attempt);
  const found = walk.search(value);
  if (found !== undefined) return found;
  return { path, reason: failed.isTooDeep ? describeDepth(walk.deepest) : failed.reason };
}

/** Advice on what to return instead of what cannot be cloned. */
export const RETURN_DATA =
  'Return plain data: numbers, text, buffers, dates, maps, sets and objects of these.';
export const FLATTEN = 'Flatten it, into a list whose parts name one another by their position.';

/** Reason given where a clone needs more stack than there is, and where the other side could not read a message. */
export const TOO_DEEP = 'it is nested too deep to be cloned';

function describeDepth(levels: number): string {
  return `${TOO_DEEP} (${levels} levels)`;
}

/**
 * The most objects that hold others, and are no plain containers, to clone by themselves: a clone costs what it holds.
 */
const MOST_DOUBTS = 32;

/** Goes through a value as the clone does: depth first, parts in their order, each object once. */
class Walk {
  /** The most objects that stood in one another. */
  deepest = 0;
  readonly #path: string;
  readonly #attempt: CloneAttempt;
  readonly #seen = new Set<object>();
  readonly #frames: Frame[] = [];
  #doubts = 0;

  constructor(path: string, attempt: CloneAttempt) {
    this.#path = path;
    this.#attempt = attempt;
  }

  search(root: object): Uncloneable | undefined {
    let found = this.#enter('', root);
    for (let frame = this.#frames.at(-1); frame !== undefined && found === undefined;) {
      found = this.#advance(frame);
      frame = this.#frames.at(-1);
    }
    return found;
  }

  /** Looks at the next part of the innermost value, or leaves it. */
  #advance({ parts, step, value }: Frame): Uncloneable | undefined {
    let at: string | undefined;
    try {
      const next = parts.next();
      if (next.done !== true) {
        at = next.value[0];
        return this.#enter(at, next.value[1]());
      }
    } catch (thrown) {
      const what = at === undefined ? 'it cannot be read' : 'its getter throws';
      return { path: this.#locate(at), reason: `${what}: ${describeThrown(thrown)}` };
    }
    this.#frames.pop();
    return this.#doubt(step, value);
  }

  #enter(step: string, value: unknown): Uncloneable | undefined {
    if (typeof value !== 'object' || value === null) return this.#refuse(step, value);
    if (this.#seen.has(value)) return undefined;
    this.#seen.add(value);
    const parts = listParts(value);
    // An object that holds nothing, or is no ordinary one, says itself whether it can be cloned.
    if (parts === undefined) return this.#refuse(step, value);
    this.#frames.push({ step, value, parts });
    this.deepest = Math.max(this.deepest, this.#frames.length);
    return undefined;
  }

  /**
   * Looks whether an object is at fault itself, once all that it holds can be cloned: one that is no plain container.
   */
  #doubt(step: string, value: object): Uncloneable | undefined {
    if (isContainer(value) || ++this.#doubts > MOST_DOUBTS) return undefined;
    const failed = tryClone(value, this.#attempt);
    if (failed === undefined || failed.isTooDeep) return undefined;
    return { path: this.#locate(step), reason: failed.reason };
  }

  #refuse(step: string, value: unknown): Uncloneable | undefined {
    const failed = tryClone(value, this.#attempt);
    return failed && { path: this.#locate(step), reason: failed.reason };
  }

  #locate(step: string | undefined): string {
    const steps = this.#frames.map((frame) => frame.step);
    return shorten([this.#path, ...steps, step ?? ''].filter((part) => part !== ''));
  }
}

/** Length beyond which a path is shown by its ends. */
const LONGEST_PATH = 200;
const SHOWN_AT_END = 60;

function shorten(steps: readonly string[]): string {
  const path = steps.join('');
  if (path.length <= LONGEST_PATH) return path;
  return `${path.slice(0, LONGEST_PATH - SHOWN_AT_END)} … ${path.slice(-SHOWN_AT_END)}`;
}

function tryClone(
  value: unknown,
  attempt: CloneAttempt,
): { readonly reason: string; readonly isTooDeep: boolean } | undefined {
  if (typeof value === 'function') return refuse(`it is a function${value.name ? ` (${value.name})` : ''}`);
  if (typeof value === 'symbol') return refuse(`it is a symbol (${String(value)})`);
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    attempt(carryValues([value]).values);
    return undefined;
  } catch (thrown) {
    return { reason: describeThrown(thrown), isTooDeep: isOverflow(thrown) };
  }
}

function refuse(reason: string): { reason: string; isTooDeep: boolean } {
  return { reason, isTooDeep: false };
}

/** Returns whether a thrown value says that the stack was used up, which a clone needs for each level. */
export function isOverflow(thrown: unknown): boolean {
  return thrown instanceof RangeError && thrown.message.includes('call stack');
}
