import { setOrigin } from './origins.ts';

/**
 * Notes the functions and classes that an entry of the package exports under their names. A task that uses one of them
 * imports the entry in the worker: inside a program's bundle, where functions have no module of their own, nothing
 * else tells where they are from.
 *
 * @param path - The file of the entry, from the folder of all entries. `build.js` adds the call to each of them.
 */
export function nameOwnExports(path: string, exported: Readonly<Record<string, unknown>>): void {
  const url = findEntry(path, import.meta.url);
  if (url === undefined) return;
  for (const [name, value] of Object.entries(exported)) {
    if (typeof value === 'function') setOrigin(value, { kind: 'reference', url, name });
  }
}

/** Finds the file of an entry; `undefined` in code that a bundler wrote as CommonJS, which does not know where it was. */
function findEntry(path: string, base: string | undefined): string | undefined {
  try {
    return new URL(path, base).href;
  } catch {
    return undefined;
  }
}
