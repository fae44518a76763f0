import { shareOnThread } from '../../realm/thread-registry.ts';
import { openSeal } from '../../shared/open/open-seal.ts';
import type { Seal } from '../../shared/seal/seal.ts';
import type { BoundNode, Edge, FunctionNode, Graph, GraphNode } from '../definition/graph.ts';
import { createHandle } from '../handle/per-worker.ts';
import { findGlobalAt } from '../values/natives.ts';
import { type Closure, createClosure } from './compile.ts';
import { createImportMeta, loadNode, repeatRequire } from './imports.ts';
import {
  defineProperties,
  createFromText,
  createObject,
  createView,
  fillObject,
  findSymbol,
} from './objects/objects.ts';
import { fillGlobalState, fillRegistry, openGlobalState } from './objects/global-state.ts';
import { ClassMembers, fillFunction, nameFunction, setPrototype } from './functions.ts';
import { setOrigin } from '../definition/origins.ts';
import { Reach } from './reach.ts';

/**
 * Makes the values of a graph.
 *
 * @remarks
 * First everything that is imported; then every function, each after the functions that it uses, and every object,
 * still empty; then what they hold. In a circle of functions one gets its variables later.
 */
export class GraphReviver {
  readonly #graph: Graph;
  readonly #attachments: readonly unknown[];
  readonly #reach: Reach;
  readonly #values: unknown[] = [];
  readonly #states: ('making' | 'made' | undefined)[] = [];
  readonly #lateEdges = new Map<number, { readonly closure: Closure; readonly edges: readonly Edge[] }>();
  readonly #filled = new Set<number>();
  readonly #members = new ClassMembers();

  constructor(graph: Graph, attachments: readonly unknown[]) {
    this.#graph = graph;
    this.#attachments = attachments;
    this.#reach = new Reach(graph);
  }

  async revive(): Promise<unknown> {
    const { nodes, task } = this.#graph;
    const loads = nodes.map(async (node, position) => {
      const loading = loadNode(node);
      if (loading !== undefined) this.#set(position, await loading);
    });
    await Promise.all(loads);
    // Nodes are made from the end, where what others use stands: a long row of functions then needs no deep stack.
    for (const position of [...nodes.keys()].toReversed()) this.#make(position);
    for (const position of nodes.keys()) this.#fill(position);
    return this.#get(task);
  }

  readonly #get = (edge: Edge): unknown => (typeof edge === 'number' ? this.#make(edge) : edge.value);

  #set(position: number, value: unknown): void {
    this.#values[position] = value;
    this.#states[position] = 'made';
    const node = this.#graph.nodes[position];
    if (node !== undefined && /^(?:import|require)$/.test(node.kind)) setOrigin(value, node);
  }

  /** Makes the value at a position; `undefined` while it is being made. */
  #make(position: number): unknown {
    const node = this.#graph.nodes[position];
    if (this.#states[position] === undefined && node !== undefined) {
      this.#states[position] = 'making';
      this.#set(position, this.#create(node, position));
    }
    return this.#values[position];
  }

  #create(node: GraphNode, position: number): unknown {
    switch (node.kind) {
      case 'function':
        return this.#createFunction(node, position);
      case 'object':
        return createObject(node, node.prototype && this.#get(node.prototype));
      case 'bound':
        return this.#createBound(node);
      case 'prototype':
        return (this.#get(node.of) as { readonly prototype: unknown } | undefined)?.prototype;
      case 'member':
        return this.#members.read(node, this.#get(node.of) as Function, this.#get);
      case 'require':
        return repeatRequire(node.base, node.path);
      case 'global':
        return findGlobalAt(node.path);
      case 'symbol':
        return findSymbol(node);
      case 'ownSymbol':
        return Symbol(node.description);
      case 'buffer':
        return Buffer.from(node.bytes.buffer, node.bytes.byteOffset, node.bytes.byteLength);
      case 'globalState':
        return openGlobalState(node);
      case 'registry':
        return Reflect.get(globalThis, node.name);
      case 'onThread':
        return shareOnThread(node.name, () =>
          createObject({ base: node.base, content: undefined }, undefined),
        );
      case 'attachment':
        return this.#attachments[node.index];
      case 'view':
        return createView(node, this.#get(node.memory) as SharedArrayBuffer);
      case 'text':
        return createFromText(node.type, node.text);
      case 'importMeta':
        return createImportMeta(node.url);
      case 'seal':
        return openSeal(Object.fromEntries(node.fields.map(([key, edge]) => [key, this.#get(edge)])) as Seal);
      case 'perWorker':
        return createHandle(node.id, () => this.#get(node.create) as () => unknown);
      case 'reference':
      case 'builtin':
      case 'import':
        // The value of such a node was loaded before anything is made.
        return undefined;
    }
  }

  #createFunction(node: FunctionNode, position: number): unknown {
    const source = this.#graph.sources[node.source];
    if (source === undefined) throw new RangeError(`A captured task lacks the text of \`${node.name}\`.`);
    const values = new Map<string, unknown>();
    const late = new Map<string, Edge>();
    let self: string | undefined;
    for (const [index, name] of source.names.entries()) {
      const edge = node.bindings[index] ?? { value: undefined };
      if (edge === position && source.kind !== 'class' && self === undefined) self = name;
      else if (!source.eagerNames.includes(name) && this.#reach.isCircle(edge, position))
        late.set(name, edge);
      else values.set(name, this.#prepare(edge, source.kind === 'class' && source.eagerNames.includes(name)));
    }
    if (source.metaName !== undefined) values.set(source.metaName, createMeta(source.url));
    if (source.parentName !== undefined && node.parent !== undefined)
      values.set(source.parentName, this.#prepare(node.parent, /\bstatic\b/.test(source.text)));
    const closure = createClosure(source, values, [...late.keys()], self);
    if (late.size > 0) this.#lateEdges.set(position, { closure, edges: [...late.values()] });
    const value = closure.value as Function;
    nameFunction(value, node.name);
    // The prototype is set now: a class that extends this one looks at it at once.
    setPrototype(value, node, this.#get);
    return value;
  }

  /**
   * Makes the value of a variable; for one that a class uses while it comes into being, with all that the value holds.
   */
  #prepare(edge: Edge, isWhole: boolean): unknown {
    const value = this.#get(edge);
    if (isWhole && typeof edge === 'number') {
      for (const position of this.#reach.list(edge)) {
        this.#make(position);
        if (this.#states[position] === 'made') this.#fill(position);
      }
    }
    return value;
  }

  #fill(position: number): void {
    if (this.#filled.has(position)) return;
    this.#filled.add(position);
    const node = this.#graph.nodes[position];
    const value = this.#values[position];
    if (node?.kind === 'object') fillObject(value as object, node, this.#get);
    if (node?.kind === 'bound') defineProperties(value as object, node.properties, this.#get);
    if (node?.kind === 'globalState') fillGlobalState(value as object, node, this.#get);
    if (node?.kind === 'registry') fillRegistry(value, node, this.#get);
    if (node?.kind === 'function') this.#fillFunction(value as Function, node, position);
  }

  #fillFunction(value: Function, node: FunctionNode, position: number): void {
    const late = this.#lateEdges.get(position);
    late?.closure.bindLate?.(late.edges.map(this.#get));
    // A closure whose variables were still being made gets its turn once more, when all is made.
    if (late?.edges.some((edge) => typeof edge === 'number' && this.#states[edge] === 'making') === true) {
      this.#filled.delete(position);
    }
    this.#members.keep(value, node);
    fillFunction(value, node, this.#get);
  }

  #createBound({ target, receiver, parameters }: BoundNode): unknown {
    const fn = this.#get(target) as (...parameters: unknown[]) => unknown;
    return fn.bind(this.#get(receiver), ...parameters.map(this.#get));
  }
}

function createMeta(url: string): ImportMeta {
  const meta = createImportMeta(url);
  setOrigin(meta, { kind: 'importMeta', url });
  return meta;
}
