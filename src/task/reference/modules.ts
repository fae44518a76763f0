import Module from 'node:module';
import { pathToFileURL } from 'node:url';
import type { GraphNode } from '../definition/graph.ts';
import { isEntry } from './entry.ts';

/** The modules of Node that the program has loaded already: looking must not load the rest. */
export function* listLoadedBuiltins(): Generator<{ readonly url: string; readonly exports: object }> {
  // Not in the documentation, but in every version of Node since 0.10: names such as `NativeModule fs`.
  const { moduleLoadList } = process as unknown as { moduleLoadList: readonly string[] };
  const loaded = new Set(moduleLoadList);
  for (const id of Module.builtinModules) {
    const name = id.replace(/^node:/, '');
    // These are parts of modules, which come with them.
    const home = /^(?:path\/posix|path\/win32|util\/types)$/.test(name) ? name.replace(/\/.*/, '') : name;
    const exports = loaded.has(`NativeModule ${home}`) ? process.getBuiltinModule(`node:${name}`) : undefined;
    if (exports !== undefined) yield { url: `node:${name}`, exports };
  }
}

/** How a worker loads each module whose exports are an object here: one of Node's own, or a CommonJS module. */
export function listModuleObjects(): Map<unknown, GraphNode> {
  const nodes = new Map<unknown, GraphNode>();
  for (const [path, module] of Object.entries(getLoadedModules())) {
    if (module?.loaded !== true || isEntry(path)) continue;
    nodes.set(module.exports, { kind: 'require', base: pathToFileURL(path).href, path });
  }
  for (const { url, exports } of listLoadedBuiltins()) {
    nodes.set(exports, { kind: 'import', base: url, specifier: url, name: 'default', attributes: undefined });
  }
  return nodes;
}

/** The CommonJS modules of this thread, by path. */
export function getLoadedModules(): Readonly<Record<string, NodeJS.Module | undefined>> {
  return (Module as unknown as { _cache: Record<string, NodeJS.Module | undefined> })._cache;
}
