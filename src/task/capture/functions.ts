import { findOrigin } from '../definition/origins.ts';
import type { BoundNode, Edge, PerWorkerNode } from '../definition/graph.ts';
import { type Applied, findApplied } from '../handle/applied.ts';
import { findImportedTask } from '../handle/import-tasks.ts';
import { findPerWorkerSource } from '../handle/per-worker.ts';
import { findBuiltinExport, findReference } from '../reference/find-reference.ts';
import { findGlobal, isNative } from '../values/natives.ts';
import { findUnsendable } from '../values/unsendable.ts';
import { encodeClosure } from './closures/closure.ts';
import type { GraphBuilder } from './builder/graph-builder.ts';
import type { FunctionFacts } from './builder/origins.ts';
import { encodeProperties } from './builder/properties.ts';
import { addAccess, Refusal, type Trail } from './builder/refusal.ts';

const none: Edge = { value: undefined };

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
  const applied = findApplied(fn);
  if (applied !== undefined) return encodeApplied(builder, fn, applied);
  const known =
    findImportedTask(fn) ??
    findOrigin(fn) ??
    (isNative(fn) ? (findGlobal(fn) ?? findBuiltinExport(fn)) : undefined);
  if (known !== undefined) return builder.addNode(fn, known);
  const unsendable = findUnsendable(fn);
  if (unsendable !== undefined) throw new Refusal('value', unsendable.noun, unsendable.fix, trail);
  const facts = builder.origins.inspect(fn);
  // A bound function says nothing of the place where it was written; as all that a module exports it is known.
  const module = facts.bound && builder.origins.findModule(fn);
  if (module !== undefined) return builder.addNode(fn, module);
  if (facts.bound !== undefined) return encodeBound(builder, fn, facts.bound, trail);
  const { script } = facts;
  if (script === undefined || script.url.startsWith('node:')) return encodeNative(builder, fn, trail);
  const reference = findReference(fn, facts, script);
  if (reference !== undefined) return builder.addNode(fn, reference);
  return encodeClosure(builder, fn, { ...facts, script }, trail);
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

function encodeApplied(builder: GraphBuilder, fn: Function, { target, value }: Applied): Edge {
  const node: BoundNode = { kind: 'bound', target: none, receiver: none, parameters: [], properties: [] };
  return builder.addNode(fn, node, () => {
    node.target = builder.addNode(undefined, target);
    node.parameters = [builder.encode(value, undefined)];
  });
}

function encodeBound(
  builder: GraphBuilder,
  fn: Function,
  bound: FunctionFacts['bound'] & {},
  trail: Trail | undefined,
): Edge {
  const node: BoundNode = { kind: 'bound', target: none, receiver: none, parameters: [], properties: [] };
  return builder.addNode(fn, node, () => {
    node.target = builder.encode(bound.target, addAccess(trail, ' (bound function)'));
    node.receiver = builder.encode(bound.receiver, addAccess(trail, ' (bound this)'));
    node.parameters = bound.parameters.map((value, index) =>
      builder.encode(value, addAccess(trail, ` (bound argument ${index})`)),
    );
    node.properties = encodeProperties(builder, fn, (key) => key !== 'length' && key !== 'name', trail);
  });
}
