import type { Binding, FunctionSource } from './syntax/function-source.ts';

/**
 * Reads the value of a variable that never has another than the literal in its declaration: a constant, or what
 * bundlers make of constants, above the function.
 */
export function readConstant(
  binding: Binding | undefined,
  source: FunctionSource,
): { readonly value: string | number } | undefined {
  if (binding === undefined || binding.assigned) return undefined;
  const { kind, init, end } = binding;
  const isKept = kind === 'const' || ((kind === 'var' || kind === 'let') && end <= source.start);
  const value = isKept && init?.type === 'Literal' ? init['value'] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? { value } : undefined;
}
