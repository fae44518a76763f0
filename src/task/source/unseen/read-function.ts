import { pathToFileURL } from 'node:url';
import { analyseScript, UnreadableError } from '../analysis.ts';
import { describeHost } from '../../../machine/host.ts';
import { type Script, toPosition } from '../../locate/script.ts';
import type { InspectedFunction } from '../../locate/session.ts';
import type { FreeVariable, FunctionSource } from '../syntax/function-source.ts';
import { readConstant } from '../constant.ts';
import { listLoadedModules } from './loaded-modules.ts';
import { makeScript, readFile } from './read-file.ts';

/** Place where a text stands. */
interface Place {
  readonly script: Script;
  readonly source: FunctionSource;
}

/** Texts around that of a function, with which it can be parsed by itself: a method is a part of something. */
const frames = [
  ['(', ')'],
  ['({', '})'],
  ['(class extends Object {', '})'],
] as const;

/**
 * Reads what the text alone says of a function, on a host whose engine says nothing: its place in the files of the
 * program, so that its imports are known, or else its own text. None of its variables can be read.
 *
 * @param file - URL of the file that made the call.
 *
 * @throws UnreadableError where that text means something else at each of the places where it stands.
 */
export function readFunction(
  fn: Function,
  file: string | undefined,
): (InspectedFunction & { readonly script: Script }) | undefined {
  const text = Function.prototype.toString.call(fn);
  if (text.includes('[native code]')) return undefined;
  const { script, source } = findPlace(text, file) ?? readAlone(text);
  const { line, column } = toPosition(script, source.end - text.length);
  const position = { scriptId: script.id, line, column };
  return { position, scopes: [], bound: undefined, script, isBlind: true };
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

/** Finds the only file in which a function can have been written, as URL; `undefined` where there are several, or none. */
export function findHome(fn: Function, file: string | undefined): string | undefined {
  const [home, ...others] = findAll(Function.prototype.toString.call(fn), file);
  return others.some(({ script }) => script !== home?.script) ? undefined : home?.script.url;
}

/** Finds the place of a text. What it means depends on that only where it uses names from around it. */
function findPlace(text: string, file: string | undefined): Place | undefined {
  const [first] = file === undefined ? [] : findInFile(text, file);
  if (first?.source.free.size === 0) return first;
  const all = findAll(text, file);
  const [any] = all;
  const place = first ?? any;
  // A function that cannot travel from there anyway says more by its variables.
  if (place === undefined || isHidden(place) || all.every((one) => meansTheSame(one, place))) return place;
  throw new UnreadableError(
    `it is written at ${all.length} places, where its names stand for different things, and it takes Node's inspector, ` +
      `which this host (${describeHost()}) does not have, to tell which of them it comes from`,
  );
}

function findAll(text: string, file: string | undefined): Place[] {
  return [...listLoadedModules(file)].flatMap((url) => findInFile(text, url));
}

function findInFile(text: string, file: string): Place[] {
  const script = readFile(file, text);
  if (script === undefined) return [];
  return analyseScript(script)
    .functions.filter((source) => isText(source, script, text))
    .map((source) => ({ script, source }));
}

function isText({ start, bodyStart, end }: FunctionSource, script: Script, text: string): boolean {
  const textStart = end - text.length;
  return start <= textStart && textStart <= bodyStart && script.text.startsWith(text, textStart);
}

/** Reads a function of no file, whose names may mean anything: only one that has none can travel. */
function readAlone(text: string): Place {
  for (const [before, after] of frames) {
    const script = makeScript('', `${before}${text}${after}`, true);
    const source = findAlone(script, text);
    if (source !== undefined) return { script, source };
  }
  throw new UnreadableError('the parser does not know the syntax of its text');
}

function findAlone(script: Script, text: string): FunctionSource | undefined {
  try {
    return analyseScript(script).functions.find((source) => isText(source, script, text));
  } catch {
    return undefined;
  }
}

function meansTheSame(left: Place, right: Place): boolean {
  if (left.source === right.source) return true;
  if (left.source.isStrict !== right.source.isStrict || left.source.importMetas.length > 0) return false;
  return [...left.source.free.values()].every((variable) => isSameName(variable, left, right));
}

function isSameName({ name, binding }: FreeVariable, left: Place, right: Place): boolean {
  const other = right.source.free.get(name)?.binding;
  if (binding === other) return true;
  const [one, two] = [binding?.importedFrom, other?.importedFrom];
  if (one === undefined || two === undefined || one.attributes !== two.attributes) return false;
  // Files of one folder have the same relative imports, and the same packages.
  const isSameFolder = new URL('.', left.script.url).href === new URL('.', right.script.url).href;
  return (
    one.name === two.name &&
    one.specifier === two.specifier &&
    (isSameFolder || one.specifier.startsWith('node:'))
  );
}

/** Returns whether a function uses a variable of its place, whose value cannot be read. */
function isHidden({ source }: Place): boolean {
  return [...source.free.values()].some(
    ({ binding }) =>
      binding !== undefined &&
      binding.importedFrom === undefined &&
      readConstant(binding, source) === undefined,
  );
}
