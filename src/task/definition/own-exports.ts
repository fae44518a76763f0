import { setOrigin } from './origins.ts';

/** Set by the bundler, which puts the main entry beside this file. */
declare const BUNDLED_TELAR: string | undefined;
const TELAR = typeof BUNDLED_TELAR === 'string' ? BUNDLED_TELAR : '../../index.js';

/**
 * Notes functions of the main entry under their names. A task that calls one of them imports the entry in the worker:
 * inside a program's bundle, where functions have no module of their own, nothing else tells where they are from.
 */
export function nameOwnExports(functions: Readonly<Record<string, Function>>): void {
  const url = findEntry(import.meta.url);
  if (url === undefined) return;
  for (const [name, fn] of Object.entries(functions)) setOrigin(fn, { kind: 'reference', url, name });
}

/** Finds the main entry; `undefined` in code that a bundler wrote as CommonJS, which does not know where it was. */
function findEntry(base: string | undefined): string | undefined {
  try {
    return new URL(TELAR, base).href;
  } catch {
    return undefined;
  }
}
