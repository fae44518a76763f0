import type { Edge, GlobalStateNode, RegistryNode } from '../../definition/graph.ts';

/** Opens the worker's own object of that name, which the package takes as it is when it is loaded later. */
export function openGlobalState({ name }: GlobalStateNode): unknown {
  const known: unknown = Reflect.get(globalThis, name);
  if (known !== undefined) return known;
  const made = {};
  Reflect.set(globalThis, name, made);
  return made;
}

export function fillGlobalState(
  state: object,
  { properties }: GlobalStateNode,
  get: (edge: Edge) => unknown,
): void {
  for (const { key, value } of properties)
    if (typeof key === 'string' && value !== undefined) Reflect.set(state, key, get(value));
}

/** Repeats the notes; without a registry here, nothing in this thread could ask for them. */
export function fillRegistry(
  registry: unknown,
  { entries }: RegistryNode,
  get: (edge: Edge) => unknown,
): void {
  if (typeof registry !== 'object' || registry === null) return;
  for (let index = 0; index < entries.length; index += 2) {
    const [schema, noted] = entries.slice(index, index + 2).map(get);
    Reflect.apply(Reflect.get(registry, 'add') as Function, registry, [schema, noted]);
  }
}
