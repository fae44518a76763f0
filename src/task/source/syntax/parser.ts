import { type Node, type Options, parse, type Program } from 'acorn';

/** Parses program text. */
export function parseProgram(text: string, isModule: boolean): Program {
  const options: Options = {
    ecmaVersion: 'latest',
    sourceType: isModule ? 'module' : 'script',
    allowHashBang: true,
    // The text of a CommonJS module is the body of a function, and that of a REPL line may await.
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: isModule,
    allowSuperOutsideMethod: true,
    allowNewTargetOutsideFunction: !isModule,
  } as Options;
  return parse(text, options);
}

/** A node of the syntax tree, with its fields open to a generic walk. */
export interface SyntaxNode extends Node {
  readonly [field: string]: unknown;
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
