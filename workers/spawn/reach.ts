import { isReserved } from '../../src/wire/remote/reserved.ts';

// These functions are taken now, since the object may replace them.
const { get } = Reflect;
const { hasOwn } = Object;

/** The end of a path: the value, and the object that holds it. */
export interface Member {
  readonly holder: object;
  readonly name: string;
  readonly value: unknown;
}

/**
 * Follows a path of names from the object. What all objects have in common is not on any path: neither the names that
 * lead there, nor the properties of `Object.prototype` and `Function.prototype` themselves.
 *
 * @throws TypeError when the path leads nowhere.
 */
export function reach(object: object, path: readonly string[]): Member | Promise<Member> {
  const name = path[0];
  if (name === undefined) throw new TypeError('A path has at least one name.');
  if (path.length === 1) return look(object, name, name);
  return reachDeep(object, name, path);
}

async function reachDeep(object: object, first: string, path: readonly string[]): Promise<Member> {
  let member = look(object, first, first);
  let walked = first;
  // The loop goes by index: the object may have replaced what `for … of` goes by.
  for (let at = 1; at < path.length; at++) {
    const name = path[at] as string;
    // oxlint-disable-next-line no-await-in-loop -- each step needs the one before it.
    const holder: unknown = await member.value;
    if ((typeof holder !== 'object' && typeof holder !== 'function') || holder === null) {
      throw new TypeError(`\`${walked}\` is ${String(holder)}, which has no \`${name}\`.`);
    }
    walked += `.${name}`;
    member = look(holder, name, walked);
  }
  return member;
}

function look(holder: object, name: string, path: string): Member {
  if (isReserved(name)) throw new TypeError(`\`${path}\` is not part of a spawned object.`);
  const value: unknown = get(holder, name);
  if (isShared(holder, name, value)) throw new TypeError(`\`${path}\` is not part of a spawned object.`);
  return { holder, name, value };
}

function isShared(holder: object, name: string, value: unknown): boolean {
  if (typeof holder === 'function' && !hasOwn(holder, name)) return name in Function.prototype;
  return (
    hasOwn(Object.prototype, name) && value === (Object.prototype as unknown as Record<string, unknown>)[name]
  );
}
