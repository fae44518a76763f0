import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as types from 'node:util/types';
import { describeHost } from '../../../machine/host.ts';
import type { Edge, ImportNode } from '../../definition/graph.ts';
import { toPath } from '../../reference/entry.ts';
import type { Script } from '../../locate/script.ts';
import type { LiveScope } from '../../locate/session.ts';
import type { FreeVariable, FunctionSource } from '../../source/syntax/function-source.ts';
import { type ImportSource, readImportCall } from '../../source/syntax/imports.ts';
import type { GraphBuilder } from '../builder/graph-builder.ts';
import type { FunctionFacts } from '../builder/origins.ts';
import { isStandardGlobal } from '../../values/natives.ts';
import { addVariable, Refusal, type Trail } from '../builder/refusal.ts';
import { nameLine, showLine } from '../builder/user-line.ts';
import { isOwnAffair } from './assignments.ts';
import { isNotInitialised } from './initialised.ts';
import { readConstant } from '../../source/constant.ts';
import { encodeMembers } from './namespaces.ts';

/**
 * Encodes a variable: as an import to repeat, or by its value of now.
 *
 * @returns `undefined` for a name that the worker finds by itself, or that exists nowhere.
 */
export function encodeVariable(
  builder: GraphBuilder,
  { script, scopes, isBlind }: FunctionFacts & { script: Script },
  variable: FreeVariable,
  source: FunctionSource,
  trail: Trail | undefined,
): Edge | undefined {
  const { name, binding } = variable;
  const line = nameLine(script, binding?.start ?? variable.start);
  if (binding?.importedFrom !== undefined)
    return builder.addNode(undefined, createImport(script, binding.importedFrom));
  if (isBlind === true)
    return readConstant(binding, source) ?? assertReadable(script, variable, addVariable(trail, name, line));
  const variables = findVariables(scopes, name);
  const isAbsent = variables === undefined && binding === undefined;
  if (isAbsent && variable.assignedAt === undefined) return encodeCommonName(builder, script, name);
  if (variables === undefined && !isAbsent) {
    const literal = readConstant(binding, source);
    if (literal !== undefined) return literal;
    const unset = addVariable(trail, name, 'unset', line);
    throw new Refusal(
      'value',
      'a variable whose value the engine does not keep',
      'Write the name out, or use the variable in a function as well.',
      unset,
    );
  }
  const value = readValue(variables ?? {}, name, addVariable(trail, name, 'unset', line));
  const own = addVariable(trail, name, describeType(value), line);
  if (value === undefined && isNotInitialised(binding, script))
    throw refuseUnset(addVariable(trail, name, 'unset', line));
  if (variable.assignedAt !== undefined && !isOwnAffair(variable, value, source, script))
    throw refuseAssignment(variable, script, own);
  if (isRequire(name, value))
    return builder.addNode(undefined, { kind: 'require', base: toBaseUrl(script), path: undefined });
  const imported = types.isModuleNamespaceObject(value) ? readImportCall(binding?.init) : undefined;
  if (imported !== undefined) return builder.addNode(undefined, createImport(script, imported));
  builder.symbols.noteVariable(value, script);
  return encodeMembers(builder, value, name, variable.members, own) ?? builder.encode(value, own);
}

/** Refuses a variable of the program where no inspector can read it; the globals a worker has by itself. */
function assertReadable(
  script: Script,
  { name, binding, assignedAt }: FreeVariable,
  trail: Trail,
): undefined {
  // Nothing tells a global from a variable of that name where the script has no file.
  const isGlobal = script.url !== '' && binding === undefined && isStandardGlobal(name);
  if (isGlobal && assignedAt === undefined) return undefined;
  throw new Refusal(
    'value',
    `a variable that takes Node's inspector to read, which this host (${describeHost()}) does not have`,
    'Export the task from a module, and name it with importTasks(), or pass what it needs with the items.',
    trail,
  );
}

/**
 * Reads the value of a variable of a level around the function; of a global there is none, since a worker has its own.
 */
export function readVariable({ scopes }: FunctionFacts, name: string): unknown {
  const scope = scopes.find(
    ({ description, object }) => description !== 'Global' && Object.hasOwn(object, name),
  );
  return scope?.object[name];
}

/** Finds the nearest level that has the variable; built-in globals do not count, as a worker has its own. */
function findVariables(scopes: readonly LiveScope[], name: string): object | undefined {
  const isOwn = ({ description, object }: LiveScope): boolean =>
    description !== 'Global' && Object.hasOwn(object, name);
  return (
    scopes.find(isOwn)?.object ?? (name in globalThis && !isStandardGlobal(name) ? globalThis : undefined)
  );
}

/**
 * Returns the URL from which the relative imports of a script start: for text without a file, the working directory.
 */
export function toBaseUrl({ url }: Script): string {
  const path = toPath(url);
  if (path !== undefined) return url.startsWith('file:') ? url : pathToFileURL(path).href;
  return URL.canParse(url) && !url.startsWith('node:')
    ? url
    : pathToFileURL(resolve(url === '' ? '[function]' : url)).href;
}

export function describeType(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'function')
    return /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function';
  if (typeof value !== 'object') return typeof value;
  if (types.isProxy(value)) return 'Proxy';
  const prototype = Object.getPrototypeOf(value) as object | null;
  const maker: unknown =
    prototype === null ? undefined : Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof maker === 'function' && maker.name !== '' ? maker.name : 'Object';
}

function createImport(script: Script, source: ImportSource): ImportNode {
  return { kind: 'import', base: toBaseUrl(script), ...source };
}

/** Encodes a module of Node that is there without an import, as in a REPL and under `--eval`. */
function encodeCommonName(builder: GraphBuilder, script: Script, name: string): Edge | undefined {
  if (!/^(?:\[eval|REPL)/.test(script.url)) return undefined;
  const value = Object.getOwnPropertyDescriptor(globalThis, name)?.value as unknown;
  if (isRequire(name, value))
    return builder.addNode(undefined, { kind: 'require', base: toBaseUrl(script), path: undefined });
  const specifier = `node:${name}`;
  if (name === 'crypto' || process.getBuiltinModule(specifier) === undefined || isStandardInWorkers(name))
    return undefined;
  return builder.addNode(undefined, {
    ...createImport(script, { specifier, name: 'default', attributes: undefined }),
  });
}

function isStandardInWorkers(name: string): boolean {
  return ['console', 'process', 'performance'].includes(name);
}

function isRequire(name: string, value: unknown): boolean {
  return name === 'require' && typeof value === 'function' && 'resolve' in value && 'cache' in value;
}

function readValue(variables: object, name: string, trail: Trail): unknown {
  try {
    return Reflect.get(variables, name);
  } catch {
    throw refuseUnset(trail);
  }
}

function refuseUnset(trail: Trail): Refusal {
  return new Refusal('value', 'not initialised yet', 'Make the call below its declaration.', trail);
}

function refuseAssignment({ name, start, assignedAt }: FreeVariable, script: Script, trail: Trail): Refusal {
  const fix = `Return the value and put it together from the results, or keep it in the worker with perWorker(() => …). If \`${name}\` is a cache of a helper, exporting the helper is enough.`;
  return new Refusal(
    'variable',
    `it assigns to${showLine(script, assignedAt ?? start)}: only the worker's copy would change`,
    fix,
    trail,
  );
}
