import type { Edge } from '../definition/graph.ts';
import { listWeakEntries } from '../locate/session.ts';
import { findGlobal } from '../values/natives.ts';
import type { GraphBuilder } from './builder/graph-builder.ts';
import { addAccess } from './builder/refusal.ts';

/**
 * Gives the weak maps and sets of a task the entries of the objects that travel with it: nothing else could be looked up there.
 *
 * @remarks The value of an entry may bring keys of others, so this goes on until nothing is added.
 */
export function fillWeak(builder: GraphBuilder): void {
  const lists = new Map<object, (readonly [key: object, value: unknown])[]>();
  for (let isDone = false; !isDone;) {
    isDone = true;
    for (const { collection, node, trail } of builder.weak) {
      const entries = lists.get(collection) ?? [...listWeakEntries(collection)];
      const left: typeof entries = [];
      for (const [key, value] of entries) {
        if (!builder.holds(key) && findGlobal(key) === undefined) {
          left.push([key, value]);
          continue;
        }
        const edges: Edge[] = [builder.encode(key, trail)];
        if (node.base === 'weakmap') edges.push(builder.encode(value, addAccess(trail, '.get(…)')));
        node.entries = [...node.entries, ...edges];
        isDone = false;
      }
      lists.set(collection, left);
      builder.fillAll();
    }
  }
}
