import { append, type Change, isAskedFor, isSame, put } from './change.ts';
import { areIntact, COMMON, compileCheck, type Intrinsic, listIntrinsics } from './intrinsics.ts';

/**
 * Keeps what tasks change of the language apart from Telar. While a task runs, its worker is as tasks have left it,
 * with the timers, promises and prototypes that they have replaced. Before Telar goes on, all it relies on is put back
 * to what it was before the first task, and what tasks had put there is kept for the next. So a task with fake timers,
 * or one that has broken `Array.prototype`, takes nothing away from its worker, and a library that replaces a global
 * keeps it. Only what Node itself goes by (`process`, functions, emitters) stays as it was. Where Telar is at work between
 * the calls of one item, in pipelines, it goes out of userland behind each call as soon as anything was replaced.
 *
 * Cost: 2 µs for each look, 20 µs for the first hundred; nothing else where no task has changed anything.
 */

const { deleteProperty, getOwnPropertyDescriptor, ownKeys, setPrototypeOf } = Reflect;

const nextTick = process.nextTick.bind(process);

const intrinsics: readonly Intrinsic[] = listIntrinsics();
const common = COMMON.map((holder) => ({ holder, keys: ownKeys(holder), count: ownKeys(holder).length }));

const EMPTY: object = [];
/**
 * Number of looks after which code is made that looks faster: it takes as long to make as a hundred looks, and the
 * workers of a short program do not come to that.
 */
const SLOW_LOOKS = 100;
let looks = 0;
let look = areIntact;

/** Changes that tasks have made, while not in place. The array is only indexed: nothing else of it is safe to use. */
let changes: Change[] = [];
let isInside = false;
/** Changes that are in place, while a task runs. */
let placed: Change[] = [];
/** Whether one of the changes is of something that Telar relies on between the calls of one item. */
let isReplaced = false;

/** Returns whether a task runs, or waits. */
export function isInUserland(): boolean {
  return isInside;
}

/**
 * Returns, while no task runs, whether tasks have replaced something that Telar relies on between the calls of one item.
 * What they have only added does not count: a method of all arrays hurts nobody. Fake timers do not count either.
 */
export function hasReplacements(): boolean {
  return isReplaced;
}

/** Returns whether all is as it was before the first task. */
export function isAsBefore(): boolean {
  return !hasMore() && isUntouched();
}

/** Puts what tasks have changed in place: a task runs from here on. */
export function enterUserland(): void {
  isInside = true;
  isReplaced = false;
  // The last change goes first: what all objects have comes after what is defined by objects.
  for (let i = changes.length - 1; i >= 0; i--) {
    const { holder, key, descriptor } = changes[i] as Change;
    put(holder, key, descriptor);
  }
  if (changes.length > 0) {
    placed = changes;
    changes = [];
  }
}

/**
 * Takes what tasks have changed away again: Telar goes on from here.
 *
 * @returns False when something cannot be put back, so that this worker is not to be trusted any more.
 */
export function leaveUserland(): boolean {
  isInside = false;
  return restore();
}

/** Takes away again, behind one of many calls, what was put in place for it. What else it has changed is found later. */
export function leaveCall(): void {
  isInside = false;
  if (placed.length === 0 || !takeAway()) restore();
}

/** Runs something of Telar while a task may be waiting. */
export function outsideUserland<T>(run: () => T): T {
  if (!isInside) return run();
  leaveUserland();
  try {
    return run();
  } finally {
    enterUserland();
  }
}

/** Runs something of the user's while Telar is at work. What cannot be put back then ends the thread, as an error. */
export function insideUserland<T>(run: () => T): T {
  if (isInside) return run();
  enterUserland();
  try {
    return run();
  } finally {
    if (!leaveUserland()) nextTick(giveUp);
  }
}

/** Waits for something of the user's while Telar is at work, and goes on outside again. */
export async function waitInside<T>(wait: () => Promise<T>): Promise<T> {
  enterUserland();
  try {
    return await wait();
  } finally {
    leaveUserland();
  }
}

/** Puts back what has been replaced while modules of the user's were loaded. */
export function leaveLoaded(): void {
  if (!isInside) restore();
}

function giveUp(): never {
  throw new Error('Something that was replaced in this thread is frozen, so that it cannot be put back.');
}

/** Puts everything back that differs, and keeps what was there. */
export function restore(): boolean {
  if (placed.length > 0) takeAway();
  // New properties go first, since a `get` that all objects have makes descriptors invalid.
  const isBare = !hasMore() || removeAllNew();
  return (isUntouched() || restoreChanged()) && isBare;
}

/** Takes all changes away, if tasks have left them as they were put in place. Returns whether that is so. */
function takeAway(): boolean {
  const taken = placed;
  placed = [];
  for (let i = 0; i < taken.length; i++) {
    const { holder, key, descriptor } = taken[i] as Change;
    if (!isSame(getOwnPropertyDescriptor(holder, key), descriptor)) return false;
  }
  let isWhole = true;
  for (let i = 0; i < taken.length; i++) {
    const { holder, key, before, isUsedInside } = taken[i] as Change;
    if (isUsedInside) isReplaced = true;
    if (!put(holder, key, before)) isWhole = false;
  }
  changes = taken;
  return isWhole;
}

function removeAllNew(): boolean {
  let isWhole = true;
  for (let i = 0; i < common.length; i++) {
    const { holder, count } = common[i] as (typeof common)[number];
    const keys = ownKeys(holder);
    if (keys.length > count && !removeNew(i, keys)) isWhole = false;
  }
  return isWhole;
}

/**
 * Returns whether all objects have new properties: ones that show in loops, or that the language asks for by itself.
 */
function hasMore(): boolean {
  for (const _ in EMPTY) return true;
  // The names stand in the code, where V8 remembers for each that it was not found: a third faster than a loop.
  return (
    'then' in EMPTY ||
    'get' in EMPTY ||
    'set' in EMPTY ||
    'value' in EMPTY ||
    'writable' in EMPTY ||
    'enumerable' in EMPTY ||
    'configurable' in EMPTY ||
    'toJSON' in EMPTY ||
    'next' in EMPTY ||
    'done' in EMPTY ||
    '0' in EMPTY
  );
}

function isUntouched(): boolean {
  try {
    if (!look(intrinsics)) return false;
    // The code is made here, where all that this takes was just found as it should be.
    if (++looks === SLOW_LOOKS) look = compileCheck(intrinsics);
    return true;
  } catch {
    // A getter that a task has put in the place of an intrinsic threw.
    return false;
  }
}

function restoreChanged(): boolean {
  let isWhole = true;
  for (let i = 0; i < intrinsics.length; i++) {
    const { holder, key, descriptor, isOfNode, isUnusedInside } = intrinsics[i] as Intrinsic;
    const found = getOwnPropertyDescriptor(holder, key);
    if (isSame(found, descriptor)) continue;
    if (!isOfNode) keepFound(holder, key, found, descriptor, !isUnusedInside);
    if (!put(holder, key, descriptor)) isWhole = false;
  }
  return isWhole;
}

function removeNew(at: number, keys: readonly PropertyKey[]): boolean {
  const { holder, keys: known } = common[at] as (typeof common)[number];
  let isWhole = true;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as PropertyKey;
    let isKnown = false;
    for (let j = 0; j < known.length && !isKnown; j++) isKnown = known[j] === key;
    if (isKnown) continue;
    keepFound(holder, key, getOwnPropertyDescriptor(holder, key), undefined, isAskedFor(key));
    if (!deleteProperty(holder, key)) isWhole = false;
  }
  return isWhole;
}

function keepFound(
  holder: object,
  key: PropertyKey,
  descriptor: PropertyDescriptor | undefined,
  before: PropertyDescriptor | undefined,
  isUsedInside: boolean,
): void {
  // A descriptor that inherits would have what a task has given to all objects.
  if (descriptor !== undefined) setPrototypeOf(descriptor, null);
  keep({ holder, key, descriptor, before, isUsedInside });
}

function keep(value: Change): void {
  if (value.isUsedInside) isReplaced = true;
  append(changes, value);
}
