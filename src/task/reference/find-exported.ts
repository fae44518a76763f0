import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TaskReference } from '../definition/definition.ts';
import { readCallSites } from '../locate/call-sites.ts';
import { InspectorError } from '../locate/connection.ts';
import { readFrames } from '../locate/frames.ts';
import { createScript, toOffset } from '../locate/script.ts';
import { findScriptUrl } from '../locate/script-urls.ts';
import { inspectFunction, type ScriptPosition } from '../locate/session.ts';
import { findCommonJsExport, readVariable } from './common-js-export.ts';
import { isEntry } from './entry.ts';

/** Matches the text before a function that is exported where it is written, on its line. */
const BEFORE = /^\s*export\s+(?:(default)\s+|(?:const|let|var)\s+([\w$]+)\s*=\s*)?$/;
/** Head of a function that is no arrow function, up to its parameters. */
const DECLARED = /^(?:async\s+)?function\s*\*?\s*([\w$]*)\s*\(/;
const ASYNC = /^async\s+/;

/**
 * Finds the module and the name by which a worker can import a function, where that can be told without the parser: it
 * is exported where it is written, as most are. Returns `undefined` where this is not certain.
 *
 * @remarks
 * Nothing is guessed: the engine says in which script the function was written, at which place, and what the module's
 * variable of that name holds now; the file says that this variable is exported. 5 ms, where all that `captureTask` needs
 * takes 50 the first time.
 */
export function findExported(fn: Function): TaskReference | undefined {
  try {
    const { position, scopes } = inspectFunction(fn);
    const url = position && findUrl(position.scriptId);
    if (position === undefined || url === undefined || isEntry(url)) return undefined;
    const variables = scopes.find(({ description }) => description === 'Module')?.object;
    if (variables === undefined) return findCommonJsExport(fn, url);
    const found = url.startsWith('file:') ? readExport(fn, url, position) : undefined;
    if (found === undefined || readVariable(variables, found.local) !== fn || isOnStack(url))
      return undefined;
    return { kind: 'reference', url, name: found.name };
  } catch (error) {
    if (error instanceof InspectorError) return undefined;
    throw error;
  }
}

/** Finds the URL of a script: on the stack, if it is one of the callers, before the engine lists all scripts. */
function findUrl(id: string): string | undefined {
  return readFrames().find(({ scriptId }) => scriptId === id)?.url ?? findScriptUrl(id);
}

/** Reads from the file under which name the variable is exported that a function is written for. */
function readExport(
  fn: Function,
  url: string,
  { scriptId, line, column }: ScriptPosition,
): { readonly local: string; readonly name: string } | undefined {
  const file = readText(url);
  if (file === undefined) return undefined;
  const script = createScript({ scriptId, url, startLine: 0, startColumn: 0, isModule: true }, file);
  const offset = toOffset(script, line, column);
  const text = Function.prototype.toString.call(fn);
  const [head, declared] = DECLARED.exec(text) ?? [];
  // The engine counts from the parameters: what stands before them must be in the file as well.
  const lengths = head === undefined ? [0, ASYNC.exec(text)?.[0].length ?? 0] : [head.length - 1];
  const length = lengths.find((count) => file.startsWith(text.slice(0, count + 1), offset - count));
  if (length === undefined) return undefined;
  const start = offset - length;
  const [before, isDefault, assigned] =
    BEFORE.exec(file.slice(file.lastIndexOf('\n', start - 1) + 1, start)) ?? [];
  const local = assigned ?? declared ?? '';
  if (before === undefined || local === '') return undefined;
  return { local, name: isDefault ?? local };
}

/**
 * Tells whether the caller is in the module, or awaited there: it may be the module's top level, which would make the same
 * call again in each worker.
 */
function isOnStack(url: string): boolean {
  return readCallSites().some((site) => site.getScriptNameOrSourceURL() === url);
}

function readText(url: string): string | undefined {
  try {
    const text = readFileSync(fileURLToPath(url), 'utf8');
    // Some of Node's loaders leave a byte order mark out, which moves all places of the first line.
    return text.startsWith('\uFEFF') ? undefined : text;
  } catch {
    return undefined;
  }
}
