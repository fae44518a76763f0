import type { ScriptDescription } from './session.ts';

/** A piece of program text that the engine has loaded. */
export interface Script {
  readonly id: string;
  /** `file:` URL of an ES module, path of a CommonJS module, or any other name; empty for `new Function`. */
  readonly url: string;
  readonly text: string;
  readonly isModule: boolean;
  /** Line of the file at which the text starts: other than 0 only for text that is a part of a file. */
  readonly startLine: number;
  readonly startColumn: number;
  readonly sourceMapUrl: string | undefined;
  /** Offset in `text` of the start of each line. */
  readonly lineStarts: readonly number[];
  /** True for a text that the host has made of the file, so that its lines say nothing to the user. */
  readonly isRewritten?: boolean;
}

/** Converts a position in a script's file to an offset in the script's text. */
export function toOffset(script: Script, line: number, column: number): number {
  const row = line - script.startLine;
  const start = script.lineStarts[row] ?? 0;
  return start + (row === 0 ? column - script.startColumn : column);
}

/** Converts an offset in a script's text to a position in its file. Both count from 0. */
export function toPosition(script: Script, offset: number): { line: number; column: number } {
  let low = 0;
  let high = script.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((script.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const column = offset - (script.lineStarts[low] ?? 0);
  return { line: low + script.startLine, column: low === 0 ? column + script.startColumn : column };
}

export function createScript(description: ScriptDescription, text: string): Script {
  return {
    id: description.scriptId,
    url: description.url,
    text,
    isModule: description.isModule === true,
    startLine: description.startLine,
    startColumn: description.startColumn,
    sourceMapUrl: description.sourceMapURL === '' ? undefined : description.sourceMapURL,
    lineStarts: findLineStarts(text),
  };
}

/** Finds the starts of lines, which end where the language says: at `\n`, `\r`, `\r\n`, U+2028 and U+2029. */
function findLineStarts(text: string): number[] {
  const starts = [0];
  for (const { 0: end, index } of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(index + end.length);
  return starts;
}

/** Returns whether a script belongs to a package that the program has installed. */
export function isOfPackage({ url }: Pick<Script, 'url'>): boolean {
  return url.includes('/node_modules/') || url.includes('\\node_modules\\');
}
