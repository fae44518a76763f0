import type { Edge, Graph } from '../definition/graph.ts';

/** Knowledge of which nodes of a graph lead to which others. */
export class Reach {
  readonly #graph: Graph;
  /** Numbers of the nodes' circles: nodes that lead to each other have the same one. */
  #circles: readonly number[] | undefined;
  /**
   * Whether what objects hold counts: they are made empty, so only for a class that uses them while it comes into
   * being.
   */
  readonly #isWhole: boolean;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#isWhole = graph.sources.some(({ eagerNames }) => eagerNames.length > 0);
  }

  /** Returns whether an edge of the node at `position` leads back to that node. */
  isCircle(edge: Edge, position: number): boolean {
    this.#circles ??= findCircles(this.#graph.nodes.length, (node) => this.#list(node, this.#isWhole));
    return typeof edge === 'number' && this.#circles[edge] === this.#circles[position];
  }

  /** Lists all nodes that can be reached from a node, the nearest first. */
  list(position: number): Iterable<number> {
    const seen = new Set<number>([position]);
    for (const at of seen) for (const next of this.#list(at, true)) seen.add(next);
    return seen;
  }

  #list(position: number, isWhole: boolean): number[] {
    const node = this.#graph.nodes[position];
    const edges: (Edge | undefined)[] = [];
    if (node?.kind === 'function') {
      edges.push(...node.bindings, node.parent, node.ownPrototype);
      if (isWhole) edges.push(node.chain, node.above);
      for (const part of isWhole ? [...node.properties, ...node.prototype] : []) {
        edges.push(part.value, part.get, part.set);
      }
    } else if (node?.kind === 'object') {
      edges.push(node.prototype);
      for (const { value, get, set } of isWhole ? node.properties : []) edges.push(value, get, set);
      if (isWhole) edges.push(...node.entries);
    } else if (node?.kind === 'globalState') {
      for (const { value } of isWhole ? node.properties : []) edges.push(value);
    } else if (node?.kind === 'bound') {
      edges.push(node.target, node.receiver, ...node.parameters);
      for (const { value, get, set } of isWhole ? node.properties : []) edges.push(value, get, set);
    } else if (node?.kind === 'prototype' || node?.kind === 'member') {
      edges.push(node.of);
    }
    return edges.filter((edge) => typeof edge === 'number');
  }
}

/** One step of the walk: a node, and the position of the walk in its list of next nodes. */
interface Step {
  readonly node: number;
  readonly next: readonly number[];
  at: number;
}

/** Finds circles by Tarjan's strongly connected components, in one pass over all edges and without recursion. */
function findCircles(count: number, list: (node: number) => readonly number[]): readonly number[] {
  const order = Array.from<number>({ length: count }).fill(-1);
  const lowest = [...order];
  const circles = [...order];
  const open: number[] = [];
  let visits = 0;
  const enter = (node: number): Step => {
    order[node] = lowest[node] = visits;
    visits += 1;
    open.push(node);
    return { node, next: list(node), at: 0 };
  };
  for (let root = 0; root < count; root += 1) {
    const steps = order[root] === -1 ? [enter(root)] : [];
    for (let step = steps.at(-1); step !== undefined; step = steps.at(-1)) {
      const { node } = step;
      const next = step.next[step.at];
      step.at += 1;
      if (next === undefined) {
        if (lowest[node] === order[node]) closeCircle(node, open, circles);
        steps.pop();
        const above = steps.at(-1)?.node;
        if (above !== undefined) lowest[above] = Math.min(lowest[above] ?? 0, lowest[node] ?? 0);
      } else if (order[next] === -1) {
        steps.push(enter(next));
      } else if (circles[next] === -1) {
        lowest[node] = Math.min(lowest[node] ?? 0, order[next] ?? 0);
      }
    }
  }
  return circles;
}

/** Closes a circle: every node that was entered since `first`, and is still open, leads back to it. */
function closeCircle(first: number, open: number[], circles: number[]): void {
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    circles[node] = first;
    if (node === first) return;
  }
}
