import type { Node, Options, Program } from 'acorn';
import { requireOwn } from '../../../machine/own-files.ts';

type Acorn = typeof import('acorn');

let acorn: Acorn | undefined;

/**
 * Parses program text.
 *
 * @remarks The parser is loaded at the first call, so that programs which only pass exported handles never load it.
 */
export function parseProgram(text: string, isModule: boolean): Program {
  acorn ??= requireOwn('acorn', import.meta.url) as Acorn;
  const options: Options = {
    ecmaVersion: 'latest',
    sourceType: isModule ? 'module' : 'script',
    allowHashBang: true,
    // The text of a CommonJS module is the body of a function, that of a REPL line may await.
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: isModule,
    allowSuperOutsideMethod: true,
    allowNewTargetOutsideFunction: !isModule,
  } as Options;
  return acorn.parse(text, options);
}

/** A node of the syntax tree, with its fields open to a generic walk. */
export interface SyntaxNode extends Node {
  readonly [field: string]: unknown;
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
