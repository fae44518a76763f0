import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNode } from '../../machine/host.ts';
import type { GraphNode, ImportNode } from '../definition/graph.ts';
import { importFunction, prepareImport } from './load-module.ts';
import { resolveSpecifier } from '../reference/resolve-specifier.ts';
import { getImporter } from './compile.ts';

/** Loads the value of a node that comes from a module; `undefined` for every other node. */
export function loadNode(node: GraphNode): Promise<unknown> | undefined {
  if (node.kind === 'reference') return importFunction(node);
  if (node.kind === 'builtin') return loadBuiltin(node);
  return node.kind === 'import' ? repeatImport(node) : undefined;
}

async function loadBuiltin({ url, path }: GraphNode & { kind: 'builtin' }): Promise<unknown> {
  const { default: exports } = (await import(url)) as { readonly default: unknown };
  return path.reduce<unknown>((value, key) => Reflect.get(Object(value) as object, key), exports);
}

/** Runs `require` in the module at `base`, or gives that `require` itself. */
export function repeatRequire(base: string, path: string | undefined): unknown {
  const require = createRequire(base);
  return path === undefined ? require : require(path);
}

/** Creates the `import.meta` of the module at `url`. */
export function createImportMeta(url: string): ImportMeta {
  const file = url.startsWith('file:') ? fileURLToPath(url) : undefined;
  const resolve = (specifier: string): string => resolveSpecifier(specifier, url);
  const place = file === undefined ? {} : { dirname: dirname(file), filename: file };
  return Object.assign(Object.create(null), { ...place, resolve, url }) as ImportMeta;
}

async function repeatImport({ base, specifier, name, attributes }: ImportNode): Promise<unknown> {
  // The hooks for TypeScript must be there before anything is resolved from a TypeScript module.
  await prepareImport(base);
  const options = attributes && { with: attributes };
  const namespace = specifier.startsWith('node:')
    ? ((await import(specifier)) as Record<string, unknown>)
    : isNode
      ? await getImporter(base)(await prepareSpecifier(specifier, base), options)
      : // A text that Bun has compiled imports from another place than its file.
        ((await import(resolveSpecifier(specifier, base), options)) as Record<string, unknown>);
  return name === '*' ? namespace : namespace[name];
}

/**
 * Adapts a specifier: a build turns `./x.ts` into `./x.js`, and its import specifiers with it; others stay as they are.
 */
async function prepareSpecifier(specifier: string, base: string): Promise<string> {
  return /^\..*\.[cm]?tsx?$/s.test(specifier)
    ? await prepareImport(new URL(specifier, base).href)
    : specifier;
}
