import { pathToFileURL } from 'node:url';
import type { TaskReference } from '../definition/definition.ts';
import { toPath } from './entry.ts';
import { getLoadedModules } from './modules.ts';

/** Finds the name under which the CommonJS module at `url` exports a function now. */
export function findCommonJsExport(fn: object, url: string): TaskReference | undefined {
  const path = toPath(url);
  const loaded = path === undefined ? undefined : getLoadedModules()[path];
  // A module that is still loading would be loaded from the start by the worker.
  if (path === undefined || loaded?.loaded !== true) return undefined;
  const { exports } = loaded;
  const name = exports === fn ? 'default' : findProperty(exports, fn);
  return name === undefined ? undefined : { kind: 'reference', url: pathToFileURL(path).href, name };
}

function findProperty(exports: unknown, fn: object): string | undefined {
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null) return undefined;
  const names = Object.keys(exports);
  // Plain properties come first: a getter may load another module.
  return (
    names.find((name) => Object.getOwnPropertyDescriptor(exports, name)?.value === fn) ??
    names.find((name) => readVariable(exports as Record<string, unknown>, name) === fn)
  );
}

/** Reads a variable. One that is not initialised yet throws when it is read, or is `undefined`. */
export function readVariable(variables: Record<string, unknown>, name: string): unknown {
  try {
    return variables[name];
  } catch {
    return undefined;
  }
}
