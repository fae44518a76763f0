import type { Edge, FunctionNode, Graph, GraphNode } from '../graph.ts';
import { createHandle } from '../per-worker.ts';
import { type Closure, createClosure } from './compile.ts';
import { createImportMeta, loadNode, repeatRequire } from './imports.ts';
import {
  createFromText,
  createObject,
  createView,
  defineProperties,
  fillObject,
  findSymbol,
} from './objects.ts';
import { setOrigin } from './origins.ts';

/**
 * Makes the values of a graph.
 *
 * @remarks
 * First everything that is imported; then every function and object, still empty; then what they hold, so that
 * circles close. A class needs some of its variables to come into being: those are made and filled before it.
 */
export class GraphReviver {
  readonly #graph: Graph;
  readonly #attachments: readonly unknown[];
  readonly #values: unknown[] = [];
  readonly #states: ('making' | 'made' | undefined)[] = [];
  readonly #closures = new Map<number, Closure>();
  readonly #filled = new Set<number>();

  constructor(graph: Graph, attachments: readonly unknown[]) {
    this.#graph = graph;
    this.#attachments = attachments;
  }

  async revive(): Promise<unknown> {
    await Promise.all(
      this.#graph.nodes.map(async (node, position) => {
        const loading = loadNode(node);
        if (loading !== undefined) this.#set(position, await loading);
      }),
    );
    for (const position of this.#graph.nodes.keys()) this.#make(position);
    for (const position of this.#graph.nodes.keys()) this.#fill(position);
    return this.#get(this.#graph.task);
  }

  readonly #get = (edge: Edge): unknown => (typeof edge === 'number' ? this.#make(edge) : edge.value);

  #set(position: number, value: unknown): void {
    this.#values[position] = value;
    this.#states[position] = 'made';
    const node = this.#graph.nodes[position];
    if (node !== undefined && /^(?:import|importMeta|require)$/.test(node.kind)) setOrigin(value, node);
  }

  /** The value at a position; `undefined` while it is being made, when a class needs itself to come into being. */
  #make(position: number): unknown {
    if (this.#states[position] !== undefined) return this.#values[position];
    this.#states[position] = 'making';
    const node = this.#graph.nodes[position];
    this.#set(position, node === undefined ? undefined : this.#create(node, position));
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
      case 'require':
        return repeatRequire(node.base, node.path);
      case 'global':
        return node.path.reduce<unknown>(
          (value, key) => Reflect.get(Object(value) as object, key),
          globalThis,
        );
      case 'symbol':
        return findSymbol(node);
      case 'buffer':
        return Buffer.from(node.bytes.buffer, node.bytes.byteOffset, node.bytes.byteLength);
      case 'attachment':
        return this.#attachments[node.index];
      case 'view':
        return createView(node, this.#get(node.memory) as SharedArrayBuffer);
      case 'text':
        return createFromText(node.type, node.text);
      case 'importMeta':
        return createImportMeta(node.url);
      case 'perWorker':
        return createHandle(node.id, () => (this.#get(node.create) as () => unknown)());
      case 'reference':
      case 'import':
        // Loaded before anything is made.
        return undefined;
    }
  }

  #createFunction(node: FunctionNode, position: number): unknown {
    const source = this.#graph.sources[node.source];
    if (source === undefined) throw new RangeError(`A captured task lacks the source of \`${node.name}\`.`);
    const closure = createClosure(source);
    this.#closures.set(position, closure);
    if (source.kind === 'class') {
      const needed = new Set<number>([position]);
      source.eagerNames.forEach((name) => this.#prepare(node.bindings[source.names.indexOf(name)], needed));
      this.#bind(node, closure);
    }
    const value = closure.make() as Function;
    if (value.name !== node.name)
      Object.defineProperty(value, 'name', { value: node.name, configurable: true });
    return value;
  }

  /** Makes and fills all that can be reached from an edge, for a class that uses it while it comes into being. */
  #prepare(edge: Edge | undefined, seen: Set<number>): void {
    if (typeof edge !== 'number' || seen.has(edge)) return;
    seen.add(edge);
    this.#get(edge);
    const node = this.#graph.nodes[edge];
    if (node === undefined) return;
    if (node.kind === 'function') for (const binding of node.bindings) this.#prepare(binding, seen);
    if (node.kind === 'bound') for (const part of [node.target, node.receiver]) this.#prepare(part, seen);
    if (node.kind === 'object') {
      for (const { value, get } of node.properties) this.#prepare(value ?? get, seen);
      for (const entry of node.entries) this.#prepare(entry, seen);
    }
    const closure = this.#closures.get(edge);
    if (node.kind === 'function' && closure !== undefined) this.#bind(node, closure);
    else this.#fill(edge);
  }

  #bind(node: FunctionNode, { bind }: Closure): void {
    const source = this.#graph.sources[node.source];
    const values = node.bindings.map((edge) => (this.#isReady(edge) ? this.#get(edge) : undefined));
    if (source?.metaName !== undefined) values.push(createMeta(source.url));
    if (source?.parentName !== undefined && node.parent !== undefined) values.push(this.#get(node.parent));
    bind(values);
  }

  /** Whether a value can be had without making a class that waits for this one. */
  #isReady(edge: Edge): boolean {
    if (typeof edge !== 'number' || this.#states[edge] === 'made') return true;
    const node = this.#graph.nodes[edge];
    return node?.kind === 'function' && this.#graph.sources[node.source]?.kind !== 'class';
  }

  #fill(position: number): void {
    if (this.#filled.has(position)) return;
    this.#filled.add(position);
    const node = this.#graph.nodes[position];
    const value = this.#values[position];
    if (node?.kind === 'object') {
      fillObject(value as object, node, this.#get);
    } else if (node?.kind === 'function') {
      const closure = this.#closures.get(position);
      if (closure !== undefined) this.#bind(node, closure);
      this.#fillFunction(value as Function, node);
    }
  }

  #fillFunction(value: Function, node: FunctionNode): void {
    defineProperties(value, node.properties, this.#get);
    if (typeof value.prototype !== 'object' || value.prototype === null) return;
    defineProperties(value.prototype as object, node.prototype, this.#get);
    const isClass = this.#graph.sources[node.source]?.kind === 'class';
    if (node.parent !== undefined && !isClass)
      Object.setPrototypeOf(value.prototype, this.#get(node.parent) as object | null);
  }

  #createBound(node: GraphNode & { kind: 'bound' }): unknown {
    const target = this.#get(node.target) as (...parameters: unknown[]) => unknown;
    return target.bind(this.#get(node.receiver), ...node.parameters.map(this.#get));
  }
}

function createMeta(url: string): ImportMeta {
  const meta = createImportMeta(url);
  setOrigin(meta, { kind: 'importMeta', url });
  return meta;
}
