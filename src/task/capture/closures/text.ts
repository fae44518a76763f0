import type { SourceText } from '../../definition/graph.ts';
import { type Script, toPosition } from '../../locate/script.ts';
import type { ClassMember, FunctionSource } from '../../source/syntax/function-source.ts';
import { type LeftOut, listEager, listFree } from '../classes/parts.ts';
import { toBaseUrl } from '../variables/variables.ts';

/** Names the computed keys in the text of a class. */
export function nameKeys({ keys }: LeftOut, script: Script): ReadonlyMap<ClassMember, string> {
  const base = keys.length === 0 ? '' : findUnusedName(script.text, 'key');
  return new Map(keys.map((member, index) => [member, `${base}_${index}`]));
}

/** Creates the text of a function, as a worker compiles it. */
export function createText(
  script: Script,
  source: FunctionSource,
  names: readonly string[],
  leftOut: LeftOut,
): SourceText {
  const { kind, isAsync, isGenerator, isStrict, importMetas, superClass } = source;
  const isMethod = kind === 'method' || kind === 'getter' || kind === 'setter';
  const start = isMethod ? source.bodyStart : source.start;
  const metaName = importMetas.length === 0 ? undefined : findUnusedName(script.text, 'meta');
  const parentName = superClass === undefined ? undefined : findUnusedName(script.text, 'parent');
  const pieces: Piece[] = importMetas.map((piece) => ({ ...piece, name: metaName ?? '' }));
  if (superClass !== undefined) pieces.push({ ...superClass, name: parentName ?? '' });
  for (const [{ computed }, name] of nameKeys(leftOut, script))
    if (computed !== undefined) pieces.push({ ...computed, name });
  // A function that becomes an expression could not assign to its own name, which it could as a declaration.
  for (const { name, binding } of source.free.values()) {
    const isOwn = binding?.kind === 'function' && start <= binding.start && binding.start < source.end;
    if (isOwn && binding.assigned)
      pieces.push({ start: binding.start, end: binding.start + name.length, name: '' });
  }
  for (const { start: from, end } of leftOut.blocks) pieces.push({ start: from, end, name: '' });
  const eager = listEager(source, leftOut);
  const assigned = listFree(source, leftOut).filter(({ assignedAt }) => assignedAt !== undefined);
  return {
    kind,
    isAsync,
    isGenerator,
    isStrict,
    text: replacePieces(script.text, start, source.end, pieces),
    ...toPosition(script, start),
    names,
    assignedNames: assigned.map(({ name }) => name),
    metaName,
    parentName,
    url: toBaseUrl(script),
    file: script.url,
    eagerNames: names.filter((name) => eager.has(name)),
    sourceMapUrl: process.sourceMapsEnabled ? script.sourceMapUrl : undefined,
  };
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/**
 * Puts names in the place of what means nothing elsewhere, such as `import.meta` and what a class extends.
 *
 * @remarks A name is filled up to the length of what it stands for, so that lines and columns stay.
 */
function replacePieces(text: string, start: number, end: number, pieces: readonly Piece[]): string {
  let result = '';
  let at = start;
  for (const piece of pieces.toSorted((left, right) => left.start - right.start)) {
    if (piece.start < at) continue;
    result += text.slice(at, piece.start) + fill(piece.name, text.slice(piece.start, piece.end));
    at = piece.end;
  }
  return result + text.slice(at, end);
}

function fill(name: string, replaced: string): string {
  const lost = replaced.slice(0, name.length).replaceAll(/[^\n\r\u2028\u2029]/g, '');
  return name + lost + replaced.slice(name.length).replaceAll(/[^\n\r\u2028\u2029]/g, ' ');
}

function findUnusedName(text: string, base: string): string {
  let name = `$${base}`;
  for (let count = 1; text.includes(name); count += 1) name = `$${base}${count}`;
  return name;
}
