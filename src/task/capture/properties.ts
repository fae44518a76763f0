import type { PropertyEdge } from '../graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { addProperty, Refusal, type Trail } from './refusal.ts';

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
    edges.push(encodeProperty(builder, owner, key, property, addProperty(trail, key)));
  }
  return edges;
}

function encodeProperty(
  builder: GraphBuilder,
  owner: object,
  key: string | symbol,
  property: PropertyDescriptor,
  trail: Trail,
): PropertyEdge {
  const { get, set } = property as { readonly get?: unknown; readonly set?: unknown };
  const isAccessor = get !== undefined || set !== undefined;
  if (get !== undefined) assertReadable(owner, key, trail);
  return {
    key: typeof key === 'symbol' ? builder.encode(key, trail) : key,
    value: isAccessor ? undefined : builder.encode(property.value, trail),
    get: get === undefined ? undefined : builder.encode(get, trail),
    set: set === undefined ? undefined : builder.encode(set, trail),
    writable: property.writable === true,
    enumerable: property.enumerable === true,
    configurable: property.configurable === true,
  };
}

/** A getter travels as a function; one that fails here would fail on each item. */
function assertReadable(owner: object, key: string | symbol, trail: Trail): void {
  try {
    Reflect.get(owner, key);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const clause = `a getter that throws (${message})`;
    throw new Refusal('value', clause, 'Read it where it works, and capture what it gives.', trail, {
      cause: error,
    });
  }
}
