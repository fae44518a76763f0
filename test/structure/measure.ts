import { posix } from 'node:path';
import { listImports } from '../layers/imports.ts';
import { findKnots, groupByFolder, type Imports } from './folders.ts';
import { listShapes } from './shapes.ts';
import {
  countCallbacks,
  countCircles,
  countImportsUp,
  countJournalLines,
  countLeaning,
  countPrivateWords,
} from './texts.ts';

/** The files of the project by their path from its root: sources as written, and the same as built. */
export interface Project {
  readonly sources: ReadonlyMap<string, string>;
  readonly built: ReadonlyMap<string, string>;
}

/** Something that has a size: a folder, a file, a function. */
export interface Finding {
  /** Name of the figure, as in `limits`. */
  readonly figure: Figure;
  /** Name of the thing, such as `src/flow/run/run.ts Run`. */
  readonly where: string;
  readonly value: number;
}

export type Figure =
  | 'folders in a knot'
  | 'loose files at the root of src'
  | 'files in a folder'
  | 'lines of a file'
  | 'lines of a function'
  | 'fields of a class'
  | 'methods of a class'
  | 'imports that run up'
  | 'circles of files'
  | 'callbacks of a run plan'
  | 'lines that name the journal'
  | 'private words'
  | 'comments that lean';

/** Measures everything that has a limit, large and small alike. */
export function measure({ sources, built }: Project): Finding[] {
  const isOurs = (file: string): boolean => /^(?:src|workers)\//.test(file);
  const ours = [...sources.keys()].filter(isOurs);
  const findings: Finding[] = findKnots(listOwnImports(sources, ours)).map((knot) => ({
    figure: 'folders in a knot',
    where: knot.join(' '),
    value: knot.length,
  }));
  for (const [folder, files] of groupByFolder(ours)) {
    if (folder === 'src')
      findings.push({ figure: 'loose files at the root of src', where: folder, value: files.length });
    else findings.push({ figure: 'files in a folder', where: folder, value: files.length });
  }
  for (const [file, source] of sources) {
    findings.push({ figure: 'lines of a file', where: file, value: source.trimEnd().split('\n').length });
  }
  for (const [file, code] of built) if (isOurs(file)) findings.push(...measureShapes(file, code));
  return [...findings, ...measureTexts(sources, ours)];
}

function measureTexts(sources: Project['sources'], ours: readonly string[]): Finding[] {
  const folders = ['src', 'workers', 'bench', 'examples', 'test'];
  return [
    { figure: 'imports that run up', where: 'src workers', value: countImportsUp(sources) },
    { figure: 'callbacks of a run plan', where: 'src/flow/run', value: countCallbacks(sources) },
    { figure: 'lines that name the journal', where: 'src/flow/run', value: countJournalLines(sources) },
    ...folders.flatMap((where): Finding[] => [
      { figure: 'circles of files', where, value: countCircles(sources, where) },
      { figure: 'comments that lean', where, value: countLeaning(sources, where) },
    ]),
    ...ours.map((where): Finding => {
      const value = countPrivateWords(sources.get(where) as string);
      return { figure: 'private words', where, value };
    }),
  ];
}

function measureShapes(file: string, code: string): Finding[] {
  return listShapes(code).flatMap(({ name, kind, lines, fields, methods }): Finding[] => {
    const where = `${file} ${name}`;
    return kind === 'function'
      ? [{ figure: 'lines of a function', where, value: lines }]
      : [
          { figure: 'fields of a class', where, value: fields },
          { figure: 'methods of a class', where, value: methods },
        ];
  });
}

function listOwnImports(sources: ReadonlyMap<string, string>, files: readonly string[]): Imports {
  return new Map(
    files.map((file) => [
      file,
      listImports(sources.get(file) as string)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => posix.join(posix.dirname(file), specifier)),
    ]),
  );
}
