import type { Edge, PropertyEdge } from '../../definition/graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { addProperty, type Trail } from './refusal.ts';

/** Encodes the own properties of an object that `isWanted`. */
export function encodeProperties(
  builder: GraphBuilder,
  owner: object,
  isWanted: (key: string | symbol, property: PropertyDescriptor) => boolean,
  trail: Trail | undefined,
): PropertyEdge[] {
  const edges: PropertyEdge[] = [];
  for (const key of Reflect.ownKeys(owner)) {
    const property = Object.getOwnPropertyDescriptor(owner, key);
    if (property === undefined || !isWanted(key, property)) continue;
    edges.push(encodeProperty(builder, key, property, addProperty(trail, key)));
  }
  return edges;
}

/** Encodes a property. A getter is a function: it travels as one, unread, and runs when the task reads it. */
export function encodeProperty(
  builder: GraphBuilder,
  key: string | symbol,
  property: PropertyDescriptor,
  trail: Trail,
  known?: Edge,
): PropertyEdge {
  const { get, set } = property as { readonly get?: unknown; readonly set?: unknown };
  const isAccessor = get !== undefined || set !== undefined;
  return {
    key: typeof key === 'symbol' ? builder.encode(key, trail) : key,
    value: isAccessor ? undefined : (known ?? builder.encode(property.value, trail)),
    get: get === undefined ? undefined : builder.encode(get, trail),
    set: set === undefined ? undefined : builder.encode(set, trail),
    writable: property.writable === true,
    enumerable: property.enumerable === true,
    configurable: property.configurable === true,
  };
}
