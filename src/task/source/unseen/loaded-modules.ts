import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Imports of each file, as URLs of files and of modules of Node. */
const imports = new Map<string, readonly string[]>();

/**
 * Lists the modules that the program may have loaded, as URLs: those that the runtime names, and those that can be
 * reached by imports whose specifiers are literals, from the file that the program was started with and from `file`.
 */
export function listLoadedModules(file?: string): ReadonlySet<string> {
  // The cache of Bun has ES modules as well.
  const { cache } = createRequire(import.meta.url);
  const modules = new Set(Object.keys(cache).map(toUrl));
  if (process.argv[1] !== undefined) modules.add(toUrl(process.argv[1]));
  if (file !== undefined) modules.add(file);
  // A set that grows is walked to its end.
  for (const url of modules) for (const imported of listImports(url)) modules.add(imported);
  return modules;
}

function listImports(url: string): readonly string[] {
  let found = imports.get(url);
  if (found === undefined) imports.set(url, (found = [...readImports(url)]));
  return found;
}

function* readImports(url: string): Generator<string> {
  let text: string;
  try {
    text = readFileSync(fileURLToPath(url), 'utf8');
  } catch {
    return;
  }
  for (const [, , specifier = ''] of text.matchAll(/\b(?:from|import|require)\s*\(?\s*(['"])([^'"\n]+)\1/g)) {
    const imported = resolve(specifier, url);
    if (imported !== undefined) yield imported;
  }
}

function resolve(specifier: string, base: string): string | undefined {
  if (Module.isBuiltin(specifier)) return toUrl(specifier);
  try {
    return toUrl(createRequire(base).resolve(specifier));
  } catch {
    // The specifier is a word in a comment, or a file that is not there.
    return undefined;
  }
}

function toUrl(name: string): string {
  if (name.startsWith('file:') || name.startsWith('node:')) return name;
  return Module.isBuiltin(name) ? `node:${name}` : pathToFileURL(name).href;
}
