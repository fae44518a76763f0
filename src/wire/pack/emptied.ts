// An import would read all that node:util exports, and so load more than a worker needs.
const types = process.getBuiltinModule('node:util/types');

/** Fate, in a clone, of the instances of a class that have no field which a clone would see. */
type Fate =
  /** The engine or Node clones them. */
  | 'carried'
  /** Structured clone refuses them, or hands them over. */
  | 'refused'
  /** Values that arrive as `{}`, and had nothing in them. */
  | 'bare'
  /** Values that arrive as `{}`, and lose what they hold. */
  | 'emptied';

const fates = new WeakMap<object, Fate>();

/**
 * Returns whether a clone of `object` is `{}` although it holds something: all of its state stands in private members,
 * in internal slots, or under symbols. Cost: under 0.1 µs for a class that is known already.
 *
 * @param object - An instance of a class that has no enumerable field of its own.
 * @param prototype - The prototype of `object`.
 */
export function isEmptied(object: object, prototype: object): boolean {
  const fate = recallFate(object, prototype);
  return fate === 'emptied' || (fate === 'bare' && Reflect.ownKeys(object).length > 0);
}

/**
 * Returns whether structured clone refuses `object`: V8's serializer by itself may write `{}` then. See `isEmptied`.
 */
export function isRefused(object: object, prototype: object): boolean {
  return recallFate(object, prototype) === 'refused';
}

function recallFate(object: object, prototype: object): Fate {
  let fate = fates.get(prototype);
  if (fate === undefined) {
    fate = findFate(object, prototype);
    fates.set(prototype, fate);
  }
  return fate;
}

/** Makes the exception for an object that structured clone empties without one. */
export function createEmptiedError(object: object): Error {
  const name = String(readClass(Object.getPrototypeOf(object) as object)?.name ?? '');
  const noun = name === '' ? 'an object of a class without a name' : `an instance of ${name}`;
  return new DOMException(`${noun} would arrive as {}, since all of its state is hidden`, 'DataCloneError');
}

function findFate(object: object, prototype: object): Fate {
  try {
    const copy: unknown = structuredClone(object);
    if (types.isProxy(copy) || Object.getPrototypeOf(copy) !== Object.prototype) return 'carried';
  } catch {
    return 'refused';
  }
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    // The prototype that every object descends from, here or in another realm, hides nothing.
    if (Object.getPrototypeOf(at) === null) break;
    const maker = readClass(at);
    if (maker !== undefined && hidesState(maker)) return 'emptied';
  }
  return 'bare';
}

function readClass(prototype: object): Function | undefined {
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof maker === 'function' ? maker : undefined;
}

/** Matches a private name in the text of a class. */
const PRIVATE_NAME = /#[\p{ID_Start}$_][\p{ID_Continue}$]*/gu;
/** Match names that belong to the class, or are no state: `static #count`, and `#sum() {}`, which follows no dot. */
const STATIC_NAME = /\bstatic\s+(#[\p{ID_Start}$_][\p{ID_Continue}$]*)/gu;
const METHOD_NAME = /(?<![.\p{ID_Continue}$])(#[\p{ID_Start}$_][\p{ID_Continue}$]*)\s*\(/gu;

/** Matches private fields as compilers write them for a language that has none. */
const COMPILED = /(?:\b_+(?:class_?)?private_?(?:field|add|get|set)\w*|[\w$]\.set)\(\s*this\b/i;

function hidesState(maker: Function): boolean {
  const whole = Function.prototype.toString.call(maker);
  if (/\{\s*\[native code\]\s*\}$/.test(whole)) return true;
  const text = dropQuotes(whole);
  if (COMPILED.test(text)) return true;
  const names = new Set(text.match(PRIVATE_NAME));
  for (const pattern of [STATIC_NAME, METHOD_NAME])
    for (const [, name] of text.matchAll(pattern)) names.delete(name as string);
  return names.size > 0;
}

/** Drops comments and quoted text, in which `#` is a letter like the others. */
function dropQuotes(text: string): string {
  return text.replaceAll(
    /\/\*[^]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[^])*`/g,
    "''",
  );
}
