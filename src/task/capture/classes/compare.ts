import type { Script } from '../../locate/script.ts';
import type { ClassMember, FunctionSource } from '../../source/syntax/function-source.ts';
import type { GraphBuilder } from '../builder/graph-builder.ts';
import type { ClassPlan, Differences, Key } from '../builder/plan.ts';
import { findIntegrity, readPrototype } from './prototypes.ts';

interface Side {
  readonly builder: GraphBuilder;
  readonly script: Script;
  readonly source: FunctionSource;
  readonly owner: object;
  readonly methods: readonly ClassMember[];
  readonly fields: readonly ClassMember[];
  readonly keys: Map<ClassMember, Key>;
}

const slots = [
  ['value', 'method'],
  ['get', 'getter'],
  ['set', 'setter'],
] as const;

/**
 * Compares a class with its text: methods are those of the text when they were written there, however they got where they are.
 */
export function compareClass(
  builder: GraphBuilder,
  fn: Function,
  source: FunctionSource,
  script: Script,
): ClassPlan {
  const keys = new Map<ClassMember, Key>();
  const list = (isStatic: boolean): Pick<Side, 'methods' | 'fields'> => {
    const own = source.members.filter((member) => member.isStatic === isStatic);
    return {
      methods: own.filter(({ kind, ...member }) => isMethod(kind) && isPublic(member)),
      fields: own.filter(({ kind }) => kind === 'field'),
    };
  };
  const statics = compareSide({ builder, script, source, keys, owner: fn, ...list(true) });
  const owner = readPrototype(fn) ?? {};
  const prototype = compareSide({ builder, script, source, keys, owner, ...list(false), fields: [] });
  return { keys, statics, prototype, hasOtherMethods: statics.isOther || prototype.isOther };
}

function isMethod(kind: ClassMember['kind']): boolean {
  return kind === 'method' || kind === 'getter' || kind === 'setter';
}

function isPublic({ key, computed }: Pick<ClassMember, 'key' | 'computed'>): boolean {
  return key !== undefined || computed !== undefined;
}

function compareSide(side: Side): Differences & { readonly isOther: boolean } {
  const { owner, methods, fields, keys } = side;
  const changed = new Set<Key>();
  const present = new Set<Key>(Reflect.ownKeys(owner));
  let others = 0;
  for (const key of present) {
    const property = Object.getOwnPropertyDescriptor(owner, key) ?? {};
    const expected = findExpected(side, key, property);
    const isSame =
      expected === undefined ? isFromText(side, key, property) : isAsWritten(side, expected, property);
    if (isSame) continue;
    changed.add(key);
    const isKnown = methods.some((method) => method.key === key) || isField(fields, key);
    if (!isKnown && holdsFunction(property) && !isWithin(side, property.value)) others += 1;
  }
  const removed = [...methods, ...fields].flatMap(({ key }) =>
    key === undefined || present.has(key) ? [] : [key],
  );
  const missing = methods.filter((method) => method.computed !== undefined && !keys.has(method));
  const isOther =
    others > 0 ||
    missing.length > 0 ||
    [...changed, ...removed].some((key) => methods.some((method) => method.key === key));
  return { changed, removed: [...new Set(removed)], lost: Math.max(0, missing.length - others), isOther };
}

function isField(fields: readonly ClassMember[], key: Key): boolean {
  return fields.some((field) => field.key === key);
}

function holdsFunction(property: PropertyDescriptor): boolean {
  return slots.some(([slot]) => typeof property[slot] === 'function');
}

/** Finds the methods of the text that a key stands for; `undefined` if there are none. */
function findExpected(
  side: Side,
  key: Key,
  property: PropertyDescriptor,
): readonly ClassMember[] | undefined {
  const named = side.methods.filter((method) => method.key === key);
  const computed = slots.flatMap(([slot]) => {
    const member = findMember(side, property[slot]);
    return member?.computed === undefined ? [] : [member];
  });
  for (const member of computed) side.keys.set(member, key);
  const all = [...named, ...computed].toSorted((left, right) => left.start - right.start);
  // A method takes the place of the one before it; a getter and a setter stand side by side.
  const from = Math.max(
    0,
    all.findLastIndex(({ kind }) => kind === 'method'),
  );
  const last =
    all.at(-1)?.kind === 'method' ? all.slice(-1) : all.slice(all[from]?.kind === 'method' ? from + 1 : 0);
  return last.length === 0 ? undefined : last;
}

/** Returns whether a function was written in a static part of the class, which makes it again. */
function isWithin({ builder, source, script }: Side, fn: unknown): boolean {
  return findPart(builder, fn, source, script) !== undefined;
}

/** Finds the static part of a class in which a function was written. */
export function findPart(
  builder: GraphBuilder,
  fn: unknown,
  source: FunctionSource,
  script: Script,
): ClassMember | undefined {
  if (typeof fn !== 'function') return undefined;
  const parts = source.members.filter(({ isStatic, kind }) => isStatic && !isMethod(kind));
  const text = Function.prototype.toString.call(fn);
  if (!parts.some(({ start, end }) => script.text.slice(start, end).includes(text))) return undefined;
  const place = builder.origins.findPlace(fn);
  if (place?.script !== script) return undefined;
  return parts.find(({ start, end }) => start <= place.source.start && place.source.end <= end);
}

/** Returns whether a property is one that every class has, or that its text makes again: neither is a method. */
function isFromText({ owner, fields }: Side, key: Key, { value }: PropertyDescriptor): boolean {
  if (isField(fields, key)) return false;
  if (typeof owner === 'function') return key === 'prototype' || key === 'length' || key === 'name';
  return key === 'constructor' && typeof value === 'function' && readPrototype(value) === owner;
}

function isAsWritten(side: Side, expected: readonly ClassMember[], property: PropertyDescriptor): boolean {
  for (const [slot, kind] of slots) {
    const member = expected.findLast((one) => one.kind === kind);
    const found: unknown = property[slot];
    if (member === undefined ? found !== undefined : findMember(side, found) !== member) return false;
  }
  const integrity = findIntegrity(side.owner);
  const isClosed = integrity === 'frozen' || integrity === 'sealed';
  const isWritable = property.writable ?? integrity !== 'frozen';
  return (
    property.enumerable === false &&
    property.configurable === !isClosed &&
    isWritable === (integrity !== 'frozen')
  );
}

/** Finds the method of the text that a function is. */
function findMember({ builder, script, methods }: Side, fn: unknown): ClassMember | undefined {
  if (typeof fn !== 'function') return undefined;
  const text = Function.prototype.toString.call(fn);
  // Only a text that reads the same can be the same method, and asking the engine takes longer.
  if (!methods.some(({ end }) => script.text.startsWith(text, end - text.length))) return undefined;
  const member = builder.origins.findPlace(fn)?.source.member;
  return member !== undefined && methods.includes(member) ? member : undefined;
}
