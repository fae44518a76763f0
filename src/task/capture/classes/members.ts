import type { Edge, FunctionNode, MemberNode, PropertyEdge } from '../../definition/graph.ts';
import type { Script } from '../../locate/script.ts';
import type { FunctionSource } from '../../source/syntax/function-source.ts';
import { findWellKnownSymbol } from '../../values/natives.ts';
import { isObjectPrototype } from '../../values/purity.ts';
import type { GraphBuilder } from '../builder/graph-builder.ts';
import { encodeProperties } from '../builder/properties.ts';
import { addAccess, addProperty, Refusal, type Trail } from '../builder/refusal.ts';
import { findPart } from './compare.ts';
import type { LeftOut } from './parts.ts';
import type { ClassPlan, Key } from '../builder/plan.ts';
import { encodePrototype, isFunctionPrototype, readPrototype } from './prototypes.ts';

interface ClassFacts {
  readonly source: FunctionSource;
  readonly script: Script;
  readonly plan: ClassPlan;
  readonly leftOut: LeftOut;
  readonly trail: Trail | undefined;
}

const slots = { method: 'value', getter: 'get', setter: 'set' } as const;

/** Fills in what a class has beside its text: it comes into being again, and later changes travel besides. */
export function fillMembers(
  builder: GraphBuilder,
  fn: Function,
  node: FunctionNode,
  facts: ClassFacts,
): void {
  const { plan, source, trail } = facts;
  node.properties = encodeStatics(builder, fn, facts);
  node.removed = [
    ...plan.statics.removed.map((key) => ({ isStatic: true, key })),
    ...plan.prototype.removed.map((key) => ({ isStatic: false, key })),
  ];
  const above: unknown = Object.getPrototypeOf(fn);
  if (source.superClass !== undefined)
    node.parent = builder.encode(above, addAccess(trail, ' (its superclass)'));
  else if (!isFunctionPrototype(above)) node.chain = encodeChain(builder, above, trail);
  const prototype = readPrototype(fn);
  if (prototype === undefined) return;
  const own = addProperty(trail, 'prototype');
  node.prototype = encodeProperties(builder, prototype, (key) => plan.prototype.changed.has(key), own);
  const root = Object.getPrototypeOf(prototype) as object | null;
  const expected = source.superClass === undefined ? undefined : readPrototype(above as Function);
  if (root !== expected && !(source.superClass === undefined && isObjectPrototype(root)))
    node.above = encodePrototype(builder, root, own);
}

/** Fills in the prototype from which a constructor that is no class makes its instances. */
export function fillPrototype(
  builder: GraphBuilder,
  fn: Function,
  node: FunctionNode,
  trail: Trail | undefined,
): void {
  const prototype = readPrototype(fn);
  if (prototype === undefined) return;
  const own = addProperty(trail, 'prototype');
  const maker = Object.getOwnPropertyDescriptor(prototype, 'constructor');
  if (maker?.value !== fn) {
    node.ownPrototype = encodePrototype(builder, prototype, own);
    return;
  }
  const isMade = maker.writable === true && maker.configurable === true && maker.enumerable === false;
  node.prototype = encodeProperties(builder, prototype, (key) => key !== 'constructor' || !isMade, own);
  const above = Object.getPrototypeOf(prototype) as object | null;
  if (!isObjectPrototype(above)) node.above = encodePrototype(builder, above, own);
}

/** Encodes the object that a function inherits from, which was set by hand. */
export function encodeChain(builder: GraphBuilder, above: unknown, trail: Trail | undefined): Edge {
  return builder.encode(above, addAccess(trail, ' (its prototype)'));
}

/**
 * Encodes a method that a captured class has from its text, as that class has it: only there do its `super` and its
 * private names mean the same.
 */
export function encodeMember(builder: GraphBuilder, fn: Function, source: FunctionSource): Edge | undefined {
  const { member, kind, borrowed } = source;
  const captured = member === undefined ? [] : builder.texts.listClasses(member.owner);
  const [only] = captured;
  if (member === undefined || only === undefined || captured.length > 1) return undefined;
  const key = member.key ?? only.plan.keys.get(member);
  if (key === undefined || !(kind in slots)) return undefined;
  const changed = member.isStatic ? only.plan.statics.changed : only.plan.prototype.changed;
  if (changed.has(key) && borrowed.size === 0) return undefined;
  const part = slots[kind as keyof typeof slots];
  const node: MemberNode = {
    kind: 'member',
    of: only.position,
    isStatic: member.isStatic,
    key: typeof key === 'symbol' ? builder.encode(key, undefined) : key,
    part,
  };
  return builder.addNode(fn, node);
}

/** Refuses a class that would come out as another: with work done twice, or with a method that was taken off. */
export function assertMakeable(
  { statics, prototype }: ClassPlan,
  { needed }: LeftOut,
  trail: Trail | undefined,
): void {
  const fix = 'Export the class from a module of its own, and import it.';
  if (needed.length > 0)
    throw new Refusal(
      'value',
      'a class with changed methods and private names in a static block',
      fix,
      trail,
    );
  if (statics.lost + prototype.lost > 0)
    throw new Refusal(
      'value',
      'a class without a method that its text gives it, under a computed name',
      fix,
      trail,
    );
}

function encodeStatics(builder: GraphBuilder, fn: Function, facts: ClassFacts): readonly PropertyEdge[] {
  const { source, plan, leftOut, trail } = facts;
  const { members } = source;
  const isRemade = members.some(
    (member) =>
      member.isStatic &&
      ((member.kind === 'field' && member.computed !== undefined) ||
        (member.kind === 'block' && !leftOut.blocks.includes(member))),
  );
  const isWanted = (key: Key, property: PropertyDescriptor): boolean => {
    if (!plan.statics.changed.has(key)) return false;
    const isDeclared = members.some(
      (member) => member.isStatic && member.kind === 'field' && member.key === key,
    );
    return !(isDeclared || isRemade) || isOfNow(builder, fn, key, property, facts);
  };
  return encodeProperties(builder, fn, isWanted, trail);
}

/** Returns whether a static value, which the text makes again, is to be replaced by the value of now. */
function isOfNow(
  builder: GraphBuilder,
  fn: Function,
  key: Key,
  property: PropertyDescriptor,
  facts: ClassFacts,
): boolean {
  if (isUnknown(key)) return false;
  const { value, get, set } = property as {
    readonly value: unknown;
    readonly get?: unknown;
    readonly set?: unknown;
  };
  if (get !== undefined || set !== undefined) return true;
  if (typeof value === 'symbol') return !isUnknown(value);
  if (typeof value === 'function') {
    const part = findPart(builder, value, facts.source, facts.script);
    return (part === undefined || facts.leftOut.blocks.includes(part)) && builder.canTravel(value, fn);
  }
  return typeof value !== 'object' || value === null || builder.canTravel(value, fn);
}

function isUnknown(key: unknown): boolean {
  return (
    typeof key === 'symbol' && Symbol.keyFor(key) === undefined && findWellKnownSymbol(key) === undefined
  );
}
