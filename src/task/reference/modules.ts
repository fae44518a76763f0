import Module from 'node:module';
import { pathToFileURL } from 'node:url';
import type { GraphNode } from '../definition/graph.ts';
import { listLoadedModules } from '../source/unseen/loaded-modules.ts';
import { isEntry } from './entry.ts';

/** Lists the modules of Node that the program has loaded already: looking must not load the rest. */
export function* listLoadedBuiltins(): Generator<{ readonly url: string; readonly exports: object }> {
  // The list is not in the documentation, but in every version of Node since 0.10: names such as `NativeModule fs`.
  const { moduleLoadList } = process as unknown as { moduleLoadList: readonly string[] };
  const loaded = new Set(moduleLoadList);
  // Bun and Deno keep no such list, so what the program imports stands for it.
  const imported = loaded.size === 0 ? listLoadedModules() : undefined;
  for (const id of Module.builtinModules) {
    const name = id.replace(/^node:/, '');
    // These are parts of modules, which come with them.
    const home = /^(?:path\/posix|path\/win32|util\/types)$/.test(name) ? name.replace(/\/.*/, '') : name;
    const isLoaded = imported?.has(`node:${name}`) ?? loaded.has(`NativeModule ${home}`);
    const exports = isLoaded ? process.getBuiltinModule(`node:${name}`) : undefined;
    if (exports !== undefined) yield { url: `node:${name}`, exports };
  }
}

/**
 * Lists the ways in which a worker loads the modules whose exports are an object here: one of Node's own, or a CommonJS
 * module.
 */
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

type Modules = Readonly<Record<string, NodeJS.Module | undefined>>;

/** Returns the CommonJS modules of this thread, by path. */
export function getLoadedModules(): Modules {
  const { _cache: loaded } = Module as unknown as { readonly _cache: Modules };
  const ofRealm: Modules | undefined = Module.createRequire(import.meta.url).cache;
  // Jest has modules of its own for each test file. Those of packages are what a worker loads, where they are no mocks,
  // which stand elsewhere; the files of the program it may have compiled.
  if (ofRealm === loaded || ofRealm === undefined) return loaded;
  return { ...loaded, ...pickPackages(ofRealm) };
}

function pickPackages(modules: Modules): Modules {
  const isPackage = ([path]: readonly [string, unknown]): boolean => /[\\/]node_modules[\\/]/.test(path);
  return Object.fromEntries(Object.entries(modules).filter(isPackage));
}
