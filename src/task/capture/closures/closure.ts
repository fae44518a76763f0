import type { Edge, FunctionNode } from '../../definition/graph.ts';
import type { Script } from '../../locate/script.ts';
import type { Borrowed, FunctionSource } from '../../source/syntax/function-source.ts';
import { noteText } from './changes.ts';
import { compareClass } from '../classes/compare.ts';
import { assertMakeable, encodeChain, encodeMember, fillMembers, fillPrototype } from '../classes/members.ts';
import { findLeftOut, type LeftOut, listFree, nothingLeftOut } from '../classes/parts.ts';
import type { ClassPlan } from '../builder/plan.ts';
import { findIntegrity, isFunctionPrototype, readPrototype } from '../classes/prototypes.ts';
import type { GraphBuilder } from '../builder/graph-builder.ts';
import type { FunctionFacts } from '../builder/origins.ts';
import { encodeProperties } from '../builder/properties.ts';
import { Refusal, type Trail } from '../builder/refusal.ts';
import { showLine } from '../builder/user-line.ts';
import { encodeVariable, readVariable } from '../variables/variables.ts';
import { createText, nameKeys } from './text.ts';

const borrowedFixes: Readonly<Record<Borrowed, string>> = {
  this: 'Copy what it needs into a variable first.',
  super: 'Call the method of the superclass in a function of its own.',
  arguments: 'Use a rest parameter (...parameters) and capture that.',
  'new.target': 'Copy it into a variable first.',
  eval: 'Write the code out, or use a function of an imported module.',
  'private name': 'Copy what it needs into a variable first.',
};

/** Properties that every function has by itself. */
const ownKeys = new Set<string | symbol>(['length', 'name', 'prototype', 'arguments', 'caller']);

/** Encodes a function or a class as its text, with the variables that it uses. */
export function encodeClosure(
  builder: GraphBuilder,
  fn: Function,
  facts: FunctionFacts & { script: Script },
  trail: Trail | undefined,
): Edge {
  const source = builder.origins.findSource(facts);
  if (source === undefined) {
    throw new Refusal(
      'function',
      'comes from text that Telar cannot read',
      'Export it from a module.',
      trail,
    );
  }
  const member = encodeMember(builder, fn, source);
  if (member !== undefined) return member;
  assertSelfContained(source, facts.script, trail);
  const node = createNode(fn);
  if (source.kind !== 'class')
    return builder.addNode(fn, node, (own) => fillFunction(builder, fn, own, facts, source, trail));
  const plan = compareClass(builder, fn, source, facts.script);
  const position = builder.addNode(fn, node, (own) =>
    fillClass(builder, fn, own, facts, source, plan, trail),
  );
  builder.texts.addClass(source, { position, plan });
  return position;
}

function createNode(fn: Function): FunctionNode {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, 'name')?.value;
  return {
    kind: 'function',
    source: -1,
    name: typeof name === 'string' ? name : undefined,
    bindings: [],
    properties: [],
    prototype: [],
    removed: [],
    parent: undefined,
    chain: undefined,
    above: undefined,
    ownPrototype: undefined,
    integrity: findIntegrity(fn),
    prototypeIntegrity: findIntegrity(readPrototype(fn) ?? {}),
  };
}

function fillFunction(
  builder: GraphBuilder,
  fn: Function,
  node: FunctionNode,
  facts: FunctionFacts & { script: Script },
  source: FunctionSource,
  trail: Trail | undefined,
): void {
  fillText(builder, fn, node, facts, source, nothingLeftOut, trail);
  node.properties = encodeProperties(builder, fn, (key) => !ownKeys.has(key), trail);
  const above: unknown = Object.getPrototypeOf(fn);
  if (!isFunctionPrototype(above)) node.chain = encodeChain(builder, above, trail);
  if (source.kind === 'function' && !source.isGenerator && !source.isAsync)
    fillPrototype(builder, fn, node, trail);
}

function fillClass(
  builder: GraphBuilder,
  fn: Function,
  node: FunctionNode,
  facts: FunctionFacts & { script: Script },
  source: FunctionSource,
  plan: ClassPlan,
  trail: Trail | undefined,
): void {
  const leftOut = findLeftOut(source, plan, facts.script);
  assertMakeable(plan, leftOut, trail);
  fillText(builder, fn, node, facts, source, leftOut, trail);
  fillMembers(builder, fn, node, { source, script: facts.script, plan, leftOut, trail });
}

/** Fills in the text, and the values of the variables that it uses. */
function fillText(
  builder: GraphBuilder,
  fn: Function,
  node: FunctionNode,
  facts: FunctionFacts & { script: Script },
  source: FunctionSource,
  leftOut: LeftOut,
  trail: Trail | undefined,
): void {
  const names: string[] = [];
  const bindings: Edge[] = [];
  const values = new Map<string, unknown>();
  for (const variable of listFree(source, leftOut)) {
    const edge = encodeVariable(builder, facts, variable, source, trail);
    if (edge === undefined) continue;
    names.push(variable.name);
    bindings.push(edge);
    if (builder.travelsByValue(edge)) values.set(variable.name, readVariable(facts, variable.name));
  }
  noteText(builder, fn, facts, source, values, trail);
  const { plan } =
    builder.texts.listClasses(source).find(({ position }) => builder.nodes[position] === node) ?? {};
  for (const [member, name] of nameKeys(leftOut, facts.script)) {
    const key = plan?.keys.get(member);
    names.push(name);
    bindings.push(typeof key === 'symbol' ? builder.encode(key, trail) : { value: key });
  }
  const variant = [...leftOut.keys, ...leftOut.blocks].map(({ start }) => start).join();
  node.source = builder.texts.addSource(source, variant, () =>
    createText(facts.script, source, names, leftOut),
  );
  node.bindings = bindings;
  builder.origins.settle(fn, facts, listFree(source, nothingLeftOut));
}

function assertSelfContained({ borrowed }: FunctionSource, script: Script, trail: Trail | undefined): void {
  for (const [what, start] of borrowed) {
    const name = script.text.slice(start).match(/^#[\p{ID_Continue}$]+/u)?.[0];
    const clause =
      what === 'private name'
        ? `uses the private name \`${name}\` of the class around it`
        : `uses \`${what}\` of the place where it was written`;
    const shown = what === 'eval' ? 'calls `eval`, which could use any variable' : clause;
    throw new Refusal('function', `${shown}${showLine(script, start)}`, borrowedFixes[what], trail);
  }
}
