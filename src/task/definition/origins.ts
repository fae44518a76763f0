import { shareOnThread } from '../../realm/thread-registry.ts';
import type { GraphNode } from './graph.ts';

// The registry of the thread holds the origins: the copy of these modules that captures on a worker may be another one
// than that which revives.
const origins = shareOnThread('origins', () => new WeakMap<object, GraphNode>());

/**
 * Remembers how a value came to this thread, so that a task captured here sends it on in the same way.
 *
 * @remarks Imports and the like are only values to a function that was revived; this tells where they are from.
 */
export function setOrigin(value: unknown, origin: GraphNode): void {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function')
    origins.set(value, origin);
}

/** Finds the node by which `value` came to this thread, if a captured task brought it. */
export function findOrigin(value: object): GraphNode | undefined {
  return origins.get(value);
}
