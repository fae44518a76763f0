import { pathToFileURL } from 'node:url';
import type { TaskReference } from '../definition/definition.ts';
import type { GraphNode } from '../definition/graph.ts';
import { isEntry, toPath } from './entry.ts';
import { isOfPackage, type Script, toOffset } from '../locate/script.ts';
import type { InspectedFunction } from '../locate/session.ts';
import { analyseScript, findFunctionAt } from '../source/analysis.ts';
import { findBuiltin } from './builtins.ts';
import { findCommonJsExport, readVariable } from './common-js-export.ts';
import { getLoadedModules } from './modules.ts';
import { isStarting } from './starting.ts';

/**
 * Finds the module and the name by which a worker can import a function.
 *
 * @remarks
 * The function must be what the module's export holds now. The process's entry file and a module that is still
 * running its top level do not count: importing them would start the same work over again.
 */
export function findReference(
  fn: Function,
  inspected: InspectedFunction,
  script: Script,
): TaskReference | undefined {
  const { position } = inspected;
  if (position === undefined || isEntry(script.url)) return undefined;
  if (!script.isModule) return findCommonJsExport(fn, script.url) ?? findReplacedExport(fn, position, script);
  if (!/^(?:file|data|https?):/.test(script.url)) return undefined;
  const name = findModuleExport(fn, inspected, script);
  if (name === undefined || isStarting(script)) return undefined;
  return { kind: 'reference', url: script.url, name };
}

/** Finds a function of one of Node's own modules, such as `path.basename`. */
export function findBuiltinExport(fn: object): GraphNode | undefined {
  const home = findBuiltin(fn);
  if (home === undefined || home.path.length > 1) return home;
  return { kind: 'reference', url: home.url, name: home.path[0] ?? 'default' };
}

/** Finds the name under which an ES module exports a function of its own. */
export function findModuleExport(
  fn: object,
  { position, scopes }: InspectedFunction,
  script: Script,
): string | undefined {
  const { names, anonymousDefault } = analyseScript(script).exports;
  const variables = scopes.find(({ description }) => description === 'Module')?.object;
  for (const [local, name] of names) {
    if (variables !== undefined && readVariable(variables, local) === fn) return name;
  }
  if (anonymousDefault === undefined || position === undefined) return undefined;
  const source = findFunctionAt(
    script,
    toOffset(script, position.line, position.column),
    Function.prototype.toString.call(fn),
  );
  return source?.start === anonymousDefault ? 'default' : undefined;
}

/**
 * Finds a package's function that was what its module exported, until its first call put another one in that place, as
 * helpers of Babel do. Whoever loads the module gets it as it was.
 */
function findReplacedExport(
  fn: Function,
  { line, column }: { readonly line: number; readonly column: number },
  script: Script,
): TaskReference | undefined {
  const path = isOfPackage(script) ? toPath(script.url) : undefined;
  if (path === undefined || getLoadedModules()[path]?.loaded !== true) return undefined;
  const text = Function.prototype.toString.call(fn);
  const { functions } = analyseScript(script);
  const isOutside = (at: number): boolean => functions.every(({ start, end }) => at <= start || end <= at);
  const source = findFunctionAt(script, toOffset(script, line, column), text);
  const declared = /^function\s+([\w$]+)/.exec(text)?.[1];
  if (declared === undefined || source === undefined || !isOutside(source.start)) return undefined;
  for (const { 1: name, index } of script.text.matchAll(/\bmodule\.exports\s*=\s*([\w$]+)\s*[,;]/g)) {
    if (name !== declared || !isOutside(index)) continue;
    return { kind: 'reference', url: pathToFileURL(path).href, name: 'default' };
  }
  return undefined;
}
