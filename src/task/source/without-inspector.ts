import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { analyseScript } from './analysis.ts';
import { createScript, type Script, toPosition } from '../locate/script.ts';
import type { InspectedFunction } from '../locate/session.ts';

/**
 * Reads what the text alone says of a function, on a host whose engine says nothing: its place in the file that made
 * the call, so that its imports are known, or else its own text. None of its variables can be read.
 *
 * @param file - URL of the file that made the call.
 */
export function readFunction(
  fn: Function,
  file: string | undefined,
): (InspectedFunction & { readonly script: Script }) | undefined {
  const text = Function.prototype.toString.call(fn);
  if (text.includes('[native code]')) return undefined;
  const place = findInFile(text, file) ?? readAlone(text);
  const { line, column } = toPosition(place.script, place.start);
  const position = { scriptId: place.script.id, line, column };
  return { position, scopes: [], bound: undefined, script: place.script, isBlind: true };
}

/** Reads a function from another file, whose names may mean anything: only one that has none can travel. */
function readAlone(text: string): { script: Script; start: number } {
  return { script: makeScript('', `(${text})`), start: 1 };
}

/** Finds the file of the first frame of a call's stack; `undefined` for one that has none. */
export function findCallFile(stack: string | undefined): string | undefined {
  for (const line of stack?.split('\n') ?? []) {
    const path = /(?:\(|at (?:async )?)((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^()]*?):\d+:\d+\)?$/.exec(
      line,
    )?.[1];
    if (path !== undefined) return path.startsWith('file:') ? path : pathToFileURL(path).href;
  }
  return undefined;
}

/** Reads a file as a script; `undefined` where it cannot be read as one, such as TypeScript. */
export function readFile(url: string): Script | undefined {
  try {
    const script = makeScript(url, readFileSync(fileURLToPath(url), 'utf8'));
    analyseScript(script);
    return script;
  } catch {
    return undefined;
  }
}

function findInFile(text: string, file: string | undefined): { script: Script; start: number } | undefined {
  const script = file === undefined ? undefined : readFile(file);
  if (script === undefined) return undefined;
  const found = analyseScript(script).functions.filter(({ start, bodyStart, end }) => {
    const textStart = end - text.length;
    return start <= textStart && textStart <= bodyStart && script.text.startsWith(text, textStart);
  });
  // A text that stands at two places may mean different things there.
  const [only] = found;
  return found.length === 1 && only !== undefined ? { script, start: only.end - text.length } : undefined;
}

function makeScript(url: string, text: string): Script {
  const isModule = !/\.c[jt]s$/.test(url);
  return createScript({ scriptId: '', url, startLine: 0, startColumn: 0, isModule }, text);
}
