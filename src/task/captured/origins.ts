import type { GraphNode } from '../graph.ts';

// On the global object, under a registered name: where a loader compiles `require`, the half that captures is another
// copy of these modules than the half that revives.
const key = Symbol.for('telar.origins');

/**
 * Remembers how a value came to this thread, so that a task captured here sends it on in the same way.
 *
 * @remarks Imports and the like are only values to a function that was revived; this tells where they are from.
 */
export function setOrigin(value: unknown, origin: GraphNode): void {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function')
    getOrigins().set(value, origin);
}

/** How `value` came to this thread, if a captured task brought it. */
export function findOrigin(value: object): GraphNode | undefined {
  return getOrigins().get(value);
}

function getOrigins(): WeakMap<object, GraphNode> {
  const known = Reflect.get(globalThis, key) as WeakMap<object, GraphNode> | undefined;
  if (known !== undefined) return known;
  const origins = new WeakMap<object, GraphNode>();
  Object.defineProperty(globalThis, key, { value: origins });
  return origins;
}
