import type { Edge, Graph } from '../graph.ts';

/** Which nodes of a graph lead to which others. */
export class Reach {
  readonly #graph: Graph;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** Whether what is at the end of an edge has to be made after the function at `position`, or with it. */
  isCircle(edge: Edge, position: number): boolean {
    return typeof edge === 'number' && this.#walk(edge, false, position).has(position);
  }

  /** All that can be reached from a node, the nearest first. */
  list(position: number): Iterable<number> {
    return this.#walk(position, true);
  }

  /** Objects are made empty, so what they hold counts only for a class that uses them while it comes into being. */
  #walk(start: number, isWhole: boolean, end?: number): Set<number> {
    const seen = new Set<number>([start]);
    const whole = new Set<number>(isWhole ? [start] : []);
    for (const position of seen) {
      if (position === end) break;
      const node = this.#graph.nodes[position];
      const isClass = node?.kind === 'function' && this.#graph.sources[node.source]?.kind === 'class';
      for (const next of this.#list(position, whole.has(position))) {
        seen.add(next);
        if (isClass || whole.has(position)) whole.add(next);
      }
    }
    return seen;
  }

  #list(position: number, isWhole: boolean): number[] {
    const node = this.#graph.nodes[position];
    const edges: (Edge | undefined)[] = [];
    if (node?.kind === 'function') {
      edges.push(...node.bindings, node.parent);
      for (const { value, get, set } of isWhole ? [...node.properties, ...node.prototype] : [])
        edges.push(value, get, set);
    } else if (node?.kind === 'object') {
      edges.push(node.prototype);
      for (const { value, get, set } of isWhole ? node.properties : []) edges.push(value, get, set);
      if (isWhole) edges.push(...node.entries);
    } else if (node?.kind === 'bound') {
      edges.push(node.target, node.receiver, ...node.parameters);
    } else if (node?.kind === 'prototype') {
      edges.push(node.of);
    }
    return edges.filter((edge) => typeof edge === 'number');
  }
}
