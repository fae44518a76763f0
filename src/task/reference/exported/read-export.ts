import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createScript, toOffset } from '../../locate/script.ts';
import type { ScriptPosition } from '../../locate/session.ts';

/** Matches the text before a function that is exported where it is written, on its line. */
const BEFORE = /^\s*export\s+(?:(default)\s+|(?:const|let|var)\s+([\w$]+)\s*=\s*)?$/;
/** Head of a function that is no arrow function, up to its parameters. */
const DECLARED = /^(?:async\s+)?function\s*\*?\s*([\w$]*)\s*\(/;
const ASYNC = /^async\s+/;

/** Reads from the file under which name the variable is exported that a function is written for. */
export function readExport(
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

/** Reads the text that the engine has read of a file; `undefined` where that may be another one. */
export function readText(url: string): string | undefined {
  try {
    const text = readFileSync(fileURLToPath(url), 'utf8');
    // Some of Node's loaders leave a byte order mark out, which moves all places of the first line.
    return text.startsWith('\uFEFF') ? undefined : text;
  } catch {
    return undefined;
  }
}
