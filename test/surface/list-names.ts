import { readFileSync } from 'node:fs';
import { findDeclarations, stripComments } from './declarations.ts';

/** A name that an entry exports. */
interface Exported {
  readonly name: string;
  /** Module that declares the name; `original` is its name there. */
  readonly module: URL;
  readonly original: string;
  /** Whether a class cannot be made, only named. */
  readonly isType: boolean;
}

/** The exports of an entry, sorted: a line for each, with its kind, and its members or parameters. */
export function listNames(entry: URL): string[] {
  return listExports(entry)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, module, original, isType }) => {
      const lines = findDeclarations(readDeclarations(module), original);
      if (lines === undefined) throw new Error(`${module.pathname} does not declare ${original}.`);
      const own = original === name ? lines : lines.replace(original, name);
      return isType && own.startsWith('class ') ? `type only: ${own}` : own;
    });
}

/** Lists the names that exist at run time. */
export function listValues(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /^(?:class|function|const) (\w+)/.exec(line)?.[1] ?? []);
}

function listExports(module: URL): Exported[] {
  const text = readDeclarations(module);
  const found: Exported[] = [];
  for (const [, word, list = '', from = ''] of text.matchAll(/export (type )?\{([^}]*)\} from '([^']+)'/g)) {
    const source = toDeclarations(from, module);
    for (const part of list.split(',')) {
      const [original = '', name = original] = part
        .trim()
        .replace(/^type /, '')
        .split(/\s+as\s+/);
      const isType = word !== undefined || part.trim().startsWith('type ');
      if (original !== '') found.push({ name, isType, ...locate(source, original) });
    }
  }
  return found;
}

/** Follows a name through modules that only hand it on. */
function locate(module: URL, original: string): Pick<Exported, 'module' | 'original'> {
  const handedOn = listExports(module).find(({ name }) => name === original);
  return handedOn === undefined
    ? { module, original }
    : { module: handedOn.module, original: handedOn.original };
}

function toDeclarations(path: string, from: URL): URL {
  return new URL(path.replace(/\.[jt]s$/, '.d.ts'), from);
}

function readDeclarations(module: URL): string {
  return stripComments(readFileSync(module, 'utf8'));
}
