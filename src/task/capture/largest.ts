import { isArrayBuffer, isMap, isSet } from 'node:util/types';
import type { Edge, Graph } from '../definition/graph.ts';
import { takeFirst } from '../values/take-first.ts';

/** The most parts of a value that are looked at on each level: the rest is taken for as large. */
const widths = [64, 16, 8, 4, 2];
const deepest = 12;
const ofPlace = 8;

/** Finds the variable whose value has the most bytes, as far as a sample tells; `undefined` if none has any. */
export function findLargest({ nodes, sources }: Omit<Graph, 'task'>): string | undefined {
  let largest: string | undefined;
  let most = ofPlace;
  for (const node of nodes) {
    const names = node.kind === 'function' ? sources[node.source]?.names : undefined;
    if (node.kind !== 'function' || names === undefined) continue;
    for (const [index, name] of names.entries()) {
      const bytes = estimateEdge(nodes, node.bindings[index], 0);
      if (bytes <= most) continue;
      most = bytes;
      largest = name;
    }
  }
  return largest;
}

function estimateEdge(nodes: Graph['nodes'], edge: Edge | undefined, depth: number): number {
  if (edge === undefined || depth > deepest) return ofPlace;
  if (typeof edge === 'object') return estimateValue(edge.value, depth);
  const node = nodes[edge];
  if (node?.kind === 'buffer') return node.bytes.byteLength;
  // A function has variables of its own, which count by themselves.
  if (node?.kind !== 'object') return ofPlace;
  const ofParts = (parts: readonly (Edge | undefined)[]): number =>
    estimateAll(parts, depth, (part) => estimateEdge(nodes, part, depth + 1));
  const keys = estimateAll(node.properties, depth, ({ key }) =>
    typeof key === 'string' ? key.length : ofPlace,
  );
  const content = node.base === 'clone' ? estimateValue(node.content, depth) : 0;
  return content + keys + ofParts(node.properties.map(({ value }) => value)) + ofParts(node.entries);
}

/** Estimates the bytes of plain data: getters have been ruled out before. */
function estimateValue(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || depth > deepest) return ofPlace;
  if (ArrayBuffer.isView(value) || isArrayBuffer(value)) return value.byteLength;
  const inside = (part: unknown): number => estimateValue(part, depth + 1);
  if (Array.isArray(value)) return estimateAll(value, depth, inside);
  if (isMap(value) || isSet(value)) {
    const first = takeFirst(value, widthAt(depth));
    return first.length === 0 ? 0 : (estimateAll(first.flat(1), depth, inside) / first.length) * value.size;
  }
  const entries = Object.entries(value);
  return estimateAll(entries, depth, ([key, part]) => key.length + inside(part));
}

function estimateAll<Part>(parts: readonly Part[], depth: number, estimate: (part: Part) => number): number {
  const width = Math.min(widthAt(depth), parts.length);
  let bytes = 0;
  for (let count = 0; count < width; count += 1)
    bytes += estimate(parts[Math.floor((count * parts.length) / width)] as Part);
  return width === 0 ? 0 : (bytes / width) * parts.length;
}

function widthAt(depth: number): number {
  return widths[depth] ?? 1;
}
