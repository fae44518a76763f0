/**
 * Comments, literals: all that may hold a quote. A regular expression is told from a division by what stands before
 * it. Templates are skipped: a specifier is never one.
 */
const literals =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|`(?:[^`\\]|\\[\s\S])*`|(?<=[(,=:[!&|?{};]\s*)\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g;

const importsNext = /\b(?:from|import|import\s*\(|require\s*\()\s*$/;

/**
 * Lists what a source file imports, in order: static, dynamic, type-only and re-exported, as written.
 *
 * @remarks Type-only imports vanish from the built files, and TypeScript 7 has no stable parser to call: hence a
 * scanner, which needs to know no more of the language than where strings and comments are.
 */
export function listImports(source: string): string[] {
  const specifiers: string[] = [];
  let codeSoFar = '';
  let end = 0;
  for (const { 0: literal, index } of source.matchAll(literals)) {
    codeSoFar += source.slice(end, index);
    end = index + literal.length;
    const isComment = literal.startsWith('//') || literal.startsWith('/*');
    if (isComment) continue;
    const isString = literal.startsWith("'") || literal.startsWith('"');
    if (isString && importsNext.test(codeSoFar)) specifiers.push(literal.slice(1, -1));
    codeSoFar = '';
  }
  return specifiers;
}
