import type { Binding, FunctionSource } from './syntax/function-source.ts';
import { readNodes } from './syntax/imports.ts';
import { isNode, type SyntaxNode } from './syntax/parser.ts';

/** A value that is written out. */
interface Constant {
  readonly value: unknown;
}

/**
 * Reads the value of a variable that never has another than the literal in its declaration: a constant, or what
 * bundlers make of constants, above the function.
 */
export function readConstant(binding: Binding | undefined, source: FunctionSource): Constant | undefined {
  if (binding === undefined || binding.assigned || binding.init === undefined) return undefined;
  const { kind, init, end } = binding;
  const isKept = kind === 'const' || ((kind === 'var' || kind === 'let') && end <= source.start);
  return isKept ? readLiteral(init) : undefined;
}

function readLiteral(node: SyntaxNode): Constant | undefined {
  if (node.type === 'TemplateLiteral') return readTemplate(node);
  if (node.type === 'UnaryExpression') return readSigned(node);
  const { value, raw } = node;
  const isPlain = node.type === 'Literal' && (typeof value !== 'object' || raw === 'null');
  return isPlain ? { value } : undefined;
}

function readTemplate({ quasis }: SyntaxNode): Constant | undefined {
  const [text, ...others] = readNodes(quasis);
  return text === undefined || others.length > 0
    ? undefined
    : { value: (text['value'] as { cooked: string }).cooked };
}

/** Reads a negative number; and `!0` and `!1`, which minifiers write for `true` and `false`. */
function readSigned({ operator, argument }: SyntaxNode): Constant | undefined {
  const value: unknown = isNode(argument) && argument.type === 'Literal' ? argument['value'] : undefined;
  if (operator === '-' && (typeof value === 'number' || typeof value === 'bigint')) return { value: -value };
  return operator === '!' && typeof value === 'number' ? { value: value === 0 } : undefined;
}
