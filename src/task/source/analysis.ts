import type { Script } from '../locate/script.ts';
import { type ModuleExports, readExports } from './syntax/exports.ts';
import type { FunctionSource } from './syntax/function-source.ts';
import { parseProgram, type SyntaxNode } from './syntax/parser.ts';
import { walkProgram } from './walk/walk.ts';

/** All that the text of a script says. */
export interface Analysis {
  readonly functions: readonly FunctionSource[];
  readonly exports: ModuleExports;
}

/** Thrown where the text of a script, or that of a function, does not say what it means. */
export class UnreadableError extends Error {}

const analyses = new WeakMap<Script, Analysis>();

/**
 * Parses a script, once.
 *
 * @throws UnreadableError for syntax that the engine has and the parser does not know yet.
 */
export function analyseScript(script: Script): Analysis {
  let analysis = analyses.get(script);
  if (analysis === undefined) {
    const program = readProgram(script);
    analysis = { functions: walkProgram(program).functions, exports: readExports(program) };
    analyses.set(script, analysis);
  }
  return analysis;
}

function readProgram({ text, url, isModule }: Script): SyntaxNode {
  try {
    return parseProgram(text, isModule) as unknown as SyntaxNode;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UnreadableError(`the parser does not know the syntax of ${url} (${message})`, { cause: error });
  }
}

/** Finds the function in `script` that has this text and contains this offset. */
export function findFunctionAt(script: Script, offset: number, text: string): FunctionSource | undefined {
  return analyseScript(script).functions.find(({ start, bodyStart, end }) => {
    // The text of a static method leaves out the `static` before it; other functions begin where their node does.
    const textStart = end - text.length;
    const isWithin = start <= offset && offset <= end && start <= textStart && textStart <= bodyStart;
    return isWithin && script.text.startsWith(text, textStart);
  });
}
