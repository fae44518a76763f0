import { deserialize, Deserializer, serialize, Serializer } from 'node:v8';
import { isNode } from '../../machine/host.ts';
import type { Graph } from './graph.ts';

/** Writes a graph as bytes, once for all workers. */
export function writeGraph(graph: Graph): Uint8Array {
  // Bun has no such class; a copy of the bytes that it writes instead is as good.
  if (!isNode) return serialize(graph);
  const serialiser = new Serializer();
  serialiser.writeHeader();
  serialiser.writeValue(graph);
  return serialiser.releaseBuffer();
}

export function readGraph(bytes: Uint8Array): Graph {
  if (!isNode) return deserialize(bytes) as Graph;
  const deserialiser = new Deserializer(bytes);
  deserialiser.readHeader();
  return deserialiser.readValue() as Graph;
}
