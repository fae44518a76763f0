import * as types from 'node:util/types';
import type { Edge, ObjectNode } from '../../definition/graph.ts';
import { findIntegrity } from '../classes/prototypes.ts';
import type { GraphBuilder } from '../builder/graph-builder.ts';
import type { PartialObject } from '../builder/noted-text.ts';
import { encodeProperties, encodeProperty } from '../builder/properties.ts';
import { addProperty, type Trail } from '../builder/refusal.ts';

/** A member, and the edge to its value where that is known already. */
export interface Member {
  readonly property: PropertyDescriptor;
  readonly edge: Edge | undefined;
}

/** Adds members of an object of which others may never be needed. */
export function addMembers(
  builder: GraphBuilder,
  value: object,
  members: ReadonlyMap<string, Member>,
  trail: Trail,
): number {
  const { position, node, keys } = builder.partial.get(value) ?? createPartial(builder, value);
  for (const [key, { property, edge: known }] of members) {
    if (keys.has(key)) continue;
    keys.add(key);
    builder.later(() => {
      // All members may have become needed since this step was put off.
      if (!builder.partial.has(value)) return;
      const edge = encodeProperty(builder, key, property, addProperty(trail, key), known);
      node.properties = [...node.properties, edge];
    });
  }
  return position;
}

/** Finds the position of an object of which everything is needed now; `undefined` if nothing of it was before. */
export function completePartial(
  builder: GraphBuilder,
  value: object,
  trail: Trail | undefined,
): number | undefined {
  const partial = isRead(value) ? undefined : builder.partial.get(value);
  if (partial === undefined) return undefined;
  const { position, node } = partial;
  builder.partial.delete(value);
  builder.setPosition(value, position);
  builder.later(() => {
    node.properties = encodeProperties(builder, value, () => true, trail);
  });
  return position;
}

function createPartial(builder: GraphBuilder, value: object): PartialObject {
  const node: ObjectNode = {
    kind: 'object',
    base: 'object',
    content: undefined,
    prototype: !isRead(value) && Object.getPrototypeOf(value) === null ? { value: null } : undefined,
    properties: [],
    entries: [],
    integrity: isRead(value) ? 'open' : findIntegrity(value),
  };
  const partial = { position: builder.addNode(undefined, node), node, keys: new Set<string>() };
  builder.partial.set(value, partial);
  return partial;
}

/** Returns whether an object only gives its members: it cannot be taken apart. */
function isRead(value: object): boolean {
  return types.isProxy(value) || types.isModuleNamespaceObject(value);
}
