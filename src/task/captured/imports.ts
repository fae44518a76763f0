import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { GraphNode, ImportNode } from '../graph.ts';
import { importFunction, prepareImport } from '../load-module.ts';
import { getImporter } from './compile.ts';

/** What a node stands for that comes from a module; `undefined` for every other node. */
export function loadNode(node: GraphNode): Promise<unknown> | undefined {
  if (node.kind === 'reference') return importFunction(node);
  return node.kind === 'import' ? repeatImport(node) : undefined;
}

/** What `require` gives in the module at `base`, or that `require` itself. */
export function repeatRequire(base: string, path: string | undefined): unknown {
  const require = createRequire(base);
  return path === undefined ? require : require(path);
}

/** `import.meta` of the module at `url`. */
export function createImportMeta(url: string): ImportMeta {
  const file = url.startsWith('file:') ? fileURLToPath(url) : undefined;
  const resolve = (specifier: string): string => {
    if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, url).href;
    if (URL.canParse(specifier)) return specifier;
    const found = createRequire(url).resolve(specifier);
    return found === specifier ? `node:${specifier}` : pathToFileURL(found).href;
  };
  const place = file === undefined ? {} : { dirname: dirname(file), filename: file };
  return Object.assign(Object.create(null), { ...place, resolve, url }) as ImportMeta;
}

async function repeatImport({ base, specifier, name, attributes }: ImportNode): Promise<unknown> {
  // The hooks for TypeScript must be there before anything is resolved from a TypeScript module.
  await prepareImport(base);
  const options = attributes && { with: attributes };
  const namespace = specifier.startsWith('node:')
    ? ((await import(specifier)) as Record<string, unknown>)
    : await getImporter(base)(await prepareSpecifier(specifier, base), options);
  return name === '*' ? namespace : namespace[name];
}

/** A build turns `./x.ts` into `./x.js`, and its import specifiers with it; others stay as they are. */
async function prepareSpecifier(specifier: string, base: string): Promise<string> {
  return /^\..*\.[cm]?tsx?$/s.test(specifier)
    ? await prepareImport(new URL(specifier, base).href)
    : specifier;
}
