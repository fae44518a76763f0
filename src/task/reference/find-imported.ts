import type { TaskReference } from '../definition/definition.ts';
import { isEntry } from './entry.ts';
import { resolveSpecifier } from './resolve-specifier.ts';
import { readFile } from '../source/unseen/read-file.ts';
import { findHome } from '../source/unseen/read-function.ts';
import type { ImportSource } from '../source/syntax/imports.ts';
import { readImports, readNodes } from '../source/syntax/imports.ts';
import { parseProgram, type SyntaxNode } from '../source/syntax/parser.ts';

type Namespace = Readonly<Record<string, unknown>>;

/** Ms in which an import of a module that is loaded already is done, on a busy machine as well. */
const PATIENCE = 2000;

/**
 * Finds the module that exports a function, among those that the calling file imports and that in which its text
 * stands: on a host that has no inspector, nothing else tells where a function comes from.
 *
 * @param callFile - URL of the file that made the call.
 */
export async function findImported(fn: Function, callFile: string): Promise<TaskReference | undefined> {
  const home = findHome(fn, callFile);
  const imported = listImports(callFile).flatMap(({ specifier }) => resolve(specifier, callFile) ?? []);
  for (const url of new Set([...imported, ...(home === undefined || isEntry(home) ? [] : [home])])) {
    // oxlint-disable-next-line no-await-in-loop -- each is loaded already, and the first that has it is enough.
    const name = findName(await importLoaded(url), fn);
    if (name !== undefined) return { kind: 'reference', url, name };
  }
  return undefined;
}

/** Returns the exports of a module; none of one that is still running, which may wait for this very call. */
async function importLoaded(url: string): Promise<Namespace> {
  const loading = import(url).catch(() => ({})) as Promise<Namespace>;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Namespace>((resolve) => {
    timer = setTimeout(resolve, PATIENCE, {});
  });
  try {
    return await Promise.race([loading, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Finds the name of an export: of CommonJS, as of modules of Node, some are members of the default export only. */
function findName(namespace: Namespace, fn: Function): string | undefined {
  const direct = Object.keys(namespace).find((key) => namespace[key] === fn);
  const main = namespace['default'];
  if (direct !== undefined || (typeof main !== 'object' && typeof main !== 'function') || main === null)
    return direct;
  return Object.keys(main).find((key) => Object.getOwnPropertyDescriptor(main, key)?.value === fn);
}

function listImports(file: string): readonly ImportSource[] {
  const script = readFile(file);
  if (script?.isModule !== true) return [];
  const program = parseProgram(script.text, true) as unknown as SyntaxNode;
  return readNodes(program['body'])
    .filter(({ type }) => type === 'ImportDeclaration')
    .flatMap((declaration) => [...readImports(declaration)].map(({ source }) => source))
    .filter(({ attributes }) => attributes === undefined);
}

function resolve(specifier: string, base: string): string | undefined {
  try {
    return resolveSpecifier(specifier, base);
  } catch {
    return undefined;
  }
}
