import type { TaskReference } from '../definition/definition.ts';
import { resolveSpecifier } from './resolve-specifier.ts';
import { readFile } from '../source/without-inspector.ts';
import type { ImportSource } from '../source/syntax/imports.ts';
import { readImports, readNodes } from '../source/syntax/imports.ts';
import { parseProgram, type SyntaxNode } from '../source/syntax/parser.ts';

/**
 * Finds the import of the calling file that is this function: on a host that has no inspector, nothing else tells where a
 * function comes from.
 *
 * @param callFile - URL of the file that made the call.
 */
export async function findImported(fn: Function, callFile: string): Promise<TaskReference | undefined> {
  for (const { specifier, name } of listImports(callFile)) {
    const url = resolve(specifier, callFile);
    if (url === undefined) continue;
    // oxlint-disable-next-line no-await-in-loop -- each is loaded already, and the first that has it is enough.
    const namespace = (await import(url).catch(() => ({}))) as Readonly<Record<string, unknown>>;
    const own = name === '*' ? Object.keys(namespace).find((key) => namespace[key] === fn) : name;
    if (own !== undefined && namespace[own] === fn) return { kind: 'reference', url, name: own };
  }
  return undefined;
}

function listImports(file: string): readonly ImportSource[] {
  const script = readFile(file);
  if (script?.isModule !== true) return [];
  const program = parseProgram(script.text, true) as unknown as SyntaxNode;
  return readNodes(program['body'])
    .filter(({ type }) => type === 'ImportDeclaration')
    .flatMap((declaration) => [...readImports(declaration)].map(({ source }) => source))
    .filter(({ attributes }) => attributes === undefined);
}

function resolve(specifier: string, base: string): string | undefined {
  try {
    return resolveSpecifier(specifier, base);
  } catch {
    return undefined;
  }
}
