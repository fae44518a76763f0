import { findOrigin } from '../captured/origins.ts';
import type { BoundNode, Edge, FunctionNode, PerWorkerNode, PropertyEdge, SourceText } from '../graph.ts';
import { findImportedTask } from '../import-tasks.ts';
import { type Script, toPosition } from '../locate/script.ts';
import { findPerWorkerSource } from '../per-worker.ts';
import { findBuiltinExport, findReference } from '../reference/find-reference.ts';
import type { Borrowed, FunctionSource } from '../source/function-source.ts';
import { noteText } from './changes.ts';
import { encodeProperties } from './properties.ts';
import type { FunctionFacts, GraphBuilder } from './graph-builder.ts';
import { findGlobal, isNative } from '../values/natives.ts';
import { addAccess, addProperty, Refusal, type Trail } from './refusal.ts';
import { findUnsendable } from '../values/unsendable.ts';
import { encodeVariable, readVariable, toBaseUrl, toUserLine } from './variables.ts';

const borrowedFixes: Readonly<Record<Borrowed, string>> = {
  this: 'Copy what it needs into a variable first.',
  super: 'Call the method of the superclass in a function of its own.',
  arguments: 'Use a rest parameter (...parameters) and capture that.',
  'new.target': 'Copy it into a variable first.',
  eval: 'Write the code out, or use a function of an imported module.',
  'private name': 'Copy what it needs into a variable first.',
};

const none: Edge = { value: undefined };

/** Properties that every function has by itself. */
const ownKeys = new Set<string | symbol>(['length', 'name', 'prototype', 'arguments', 'caller']);

/** Encodes a function: by import where a module exports it, otherwise as text with the variables that it uses. */
export function encodeFunction(builder: GraphBuilder, fn: Function, trail: Trail | undefined): Edge {
  const perWorker = findPerWorkerSource(fn);
  if (perWorker !== undefined) {
    const { id, create } = perWorker;
    const node: PerWorkerNode = { kind: 'perWorker', id, create: none };
    return builder.addNode(fn, node, () => {
      node.create = builder.encode(create, addAccess(trail, '()'));
    });
  }
  const known = findImportedTask(fn) ?? findOrigin(fn) ?? (isNative(fn) ? findGlobal(fn) : undefined);
  if (known !== undefined) return builder.addNode(fn, known);
  const unsendable = findUnsendable(fn);
  if (unsendable !== undefined) throw new Refusal('value', unsendable.noun, unsendable.fix, trail);
  const facts = builder.inspect(fn);
  if (facts.bound !== undefined) return encodeBound(builder, fn, facts.bound, trail);
  const { script } = facts;
  if (script === undefined || script.url.startsWith('node:')) return encodeNative(builder, fn, trail);
  const reference = findReference(fn, facts, script);
  if (reference !== undefined) return builder.addNode(fn, reference);
  return encodeText(builder, fn, { ...facts, script }, trail);
}

function encodeNative(builder: GraphBuilder, fn: Function, trail: Trail | undefined): Edge {
  const known = findGlobal(fn) ?? findBuiltinExport(fn);
  if (known !== undefined) return builder.addNode(fn, known);
  throw new Refusal(
    'value',
    'a native function that no module exports',
    'Wrap it in a function of your own that gets it in the worker.',
    trail,
  );
}

function encodeBound(
  builder: GraphBuilder,
  fn: Function,
  bound: FunctionFacts['bound'] & {},
  trail: Trail | undefined,
): Edge {
  const node: BoundNode = { kind: 'bound', target: none, receiver: none, parameters: [] };
  return builder.addNode(fn, node, () => {
    node.target = builder.encode(bound.target, addAccess(trail, ' (bound function)'));
    node.receiver = builder.encode(bound.receiver, addAccess(trail, ' (bound this)'));
    node.parameters = bound.parameters.map((value, index) =>
      builder.encode(value, addAccess(trail, ` (bound argument ${index})`)),
    );
  });
}

function encodeText(
  builder: GraphBuilder,
  fn: Function,
  facts: FunctionFacts & { script: Script },
  trail: Trail | undefined,
): Edge {
  const source = builder.findSource(facts);
  if (source === undefined) {
    throw new Refusal(
      'function',
      'comes from text that Telar cannot read',
      'Export it from a module.',
      trail,
    );
  }
  assertSelfContained(source, facts.script, trail);
  const node: FunctionNode = {
    kind: 'function',
    source: -1,
    name: fn.name,
    bindings: [],
    properties: [],
    prototype: [],
    parent: undefined,
  };
  return builder.addNode(fn, node, (own) => fillFunction(builder, fn, own, facts, source, trail));
}

function fillFunction(
  builder: GraphBuilder,
  fn: Function,
  node: FunctionNode,
  facts: FunctionFacts & { script: Script },
  source: FunctionSource,
  trail: Trail | undefined,
): void {
  const names: string[] = [];
  const bindings: Edge[] = [];
  const values = new Map<string, unknown>();
  for (const variable of source.free.values()) {
    const edge = encodeVariable(builder, facts, variable, trail);
    if (edge === undefined) continue;
    names.push(variable.name);
    bindings.push(edge);
    if (builder.travelsByValue(edge)) values.set(variable.name, readVariable(facts, variable.name));
  }
  noteText(builder, fn, facts, source, values, trail);
  node.source = builder.addSource(source, () => createText(facts.script, source, names));
  node.bindings = bindings;
  builder.settle(fn, facts, source);
  node.properties = encodeOwnProperties(builder, fn, source, trail);
  const prototype: unknown = Object.getOwnPropertyDescriptor(fn, 'prototype')?.value;
  if (source.kind === 'class') {
    const parent = Object.getPrototypeOf(fn) as object;
    if (parent !== Function.prototype)
      node.parent = builder.encode(parent, addAccess(trail, ' (its superclass)'));
  } else if (
    source.kind === 'function' &&
    !source.isGenerator &&
    typeof prototype === 'object' &&
    prototype !== null
  ) {
    node.prototype = encodeProperties(
      builder,
      prototype,
      (key) => key !== 'constructor',
      addProperty(trail, 'prototype'),
    );
    const above = Object.getPrototypeOf(prototype) as object | null;
    if (above !== Object.prototype) node.parent = builder.encode(above, addProperty(trail, 'prototype'));
  }
}

/** Static parts of a class come into being again with its text; what was set on it since is what travels besides. */
function encodeOwnProperties(
  builder: GraphBuilder,
  fn: Function,
  source: FunctionSource,
  trail: Trail | undefined,
): readonly PropertyEdge[] {
  return encodeProperties(
    builder,
    fn,
    (key, { value }) => {
      if (ownKeys.has(key)) return false;
      const isDeclared = source.kind === 'class' && (typeof key === 'symbol' || source.staticNames.has(key));
      if (!isDeclared) return true;
      if (typeof value === 'object' && value !== null) return builder.purity.isPure(value);
      return typeof value !== 'function' && typeof value !== 'symbol' && value !== undefined;
    },
    trail,
  );
}

function assertSelfContained({ borrowed }: FunctionSource, script: Script, trail: Trail | undefined): void {
  for (const [what, start] of borrowed) {
    const name = script.text.slice(start).match(/^#[\p{ID_Continue}$]+/u)?.[0];
    const clause =
      what === 'private name'
        ? `uses the private name \`${name}\` of the class around it`
        : `uses \`${what}\` of the place where it was written`;
    const shown = what === 'eval' ? 'calls `eval`, which could use any variable' : clause;
    throw new Refusal('function', `${shown} (line ${toUserLine(script, start)})`, borrowedFixes[what], trail);
  }
}

function createText(script: Script, source: FunctionSource, names: readonly string[]): SourceText {
  const { kind, isAsync, isGenerator, isStrict, importMetas, superClass } = source;
  const isMethod = kind === 'method' || kind === 'getter' || kind === 'setter';
  const start = isMethod ? source.bodyStart : source.start;
  const metaName = importMetas.length === 0 ? undefined : findUnusedName(script.text, 'meta');
  const parentName = superClass === undefined ? undefined : findUnusedName(script.text, 'parent');
  const pieces = importMetas.map((piece) => ({ ...piece, name: metaName ?? '' }));
  if (superClass !== undefined) {
    const { end } = superClass;
    pieces.push({ start: superClass.start, end, name: parentName ?? '' });
  }
  return {
    kind,
    isAsync,
    isGenerator,
    isStrict,
    text: replacePieces(script.text, start, source.end, pieces),
    ...toPosition(script, start),
    names,
    metaName,
    parentName,
    url: toBaseUrl(script),
    file: script.url,
    eagerNames: names.filter((name) => source.eager.has(name)),
    sourceMapUrl: process.sourceMapsEnabled ? script.sourceMapUrl : undefined,
  };
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/**
 * The text with names in place of what means nothing elsewhere: `import.meta`, and what a class extends.
 *
 * @remarks A name is filled up to the length of what it stands for, so that columns stay.
 */
function replacePieces(text: string, start: number, end: number, pieces: readonly Piece[]): string {
  let result = '';
  let at = start;
  for (const piece of pieces.toSorted((left, right) => left.start - right.start)) {
    if (piece.start < at) continue;
    result += text.slice(at, piece.start) + piece.name.padEnd(piece.end - piece.start);
    at = piece.end;
  }
  return result + text.slice(at, end);
}

function findUnusedName(text: string, base: string): string {
  let name = `$${base}`;
  for (let count = 1; text.includes(name); count += 1) name = `$${base}${count}`;
  return name;
}
