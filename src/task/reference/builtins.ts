import type { GraphNode } from '../definition/graph.ts';
import { listLoadedBuiltins } from './modules.ts';

type Home = GraphNode & { readonly kind: 'builtin' };

let homes = new Map<unknown, Home>();
let indexed = -1;

/**
 * Finds the place of a function of one of Node's own modules, such as `path.basename` or `EventEmitter.prototype.on`.
 */
export function findBuiltin(fn: object): Home | undefined {
  const { moduleLoadList } = process as unknown as { readonly moduleLoadList: readonly string[] };
  if (indexed !== moduleLoadList.length) {
    homes = indexBuiltins();
    indexed = moduleLoadList.length;
  }
  return homes.get(fn);
}

function indexBuiltins(): Map<unknown, Home> {
  const found = new Map<unknown, Home>();
  const add = (value: unknown, url: string, path: readonly string[]): void => {
    if (typeof value === 'function' && !found.has(value)) found.set(value, { kind: 'builtin', url, path });
  };
  const loaded = [...listLoadedBuiltins()];
  for (const { url, exports } of loaded) {
    add(exports, url, []);
    for (const [name, value] of listValues(exports)) add(value, url, [name]);
  }
  // Exports of modules come first: parts of one may be exports of others.
  for (const { url, exports } of loaded) {
    for (const [name, value] of listValues(exports)) {
      for (const [key, part] of listValues(value)) add(part, url, [name, key]);
      if (typeof value !== 'function') continue;
      for (const [key, part] of listValues(value.prototype)) add(part, url, [name, 'prototype', key]);
    }
  }
  return found;
}

/** Lists the values of an object. Accessors stay unread: some of them load a module. */
function listValues(owner: unknown): readonly (readonly [name: string, value: unknown])[] {
  if ((typeof owner !== 'object' && typeof owner !== 'function') || owner === null) return [];
  return Object.entries(Object.getOwnPropertyDescriptors(owner)).flatMap(([name, property]) =>
    'value' in property && name !== 'constructor' ? [[name, property.value as unknown] as const] : [],
  );
}
