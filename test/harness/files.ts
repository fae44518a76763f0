import { readdirSync } from 'node:fs';
import { root } from './root.ts';

/**
 * Lists the built test files whose path contains `part`, relative to the repository, in order. Those that only
 * `npm run test:all` runs (`<name>.long.test.ts`) are left out.
 *
 * @remarks The sources say which there are: dist may still hold a file that was renamed. (Node 20 takes no globs.)
 */
export function listTestFiles(part = ''): string[] {
  return listBuilt().filter((file) => !isLongFile(file) && file.includes(part));
}

/** Lists the built test files that take long, as `listTestFiles` does the others. */
export function listLongTestFiles(): string[] {
  return listBuilt().filter(isLongFile);
}

function isLongFile(file: string): boolean {
  return file.endsWith('.long.test.js');
}

function listBuilt(): string[] {
  return readdirSync(new URL('test/', root), { recursive: true, encoding: 'utf8' })
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `dist/${file.replace(/\.ts$/, '.js')}`)
    .sort();
}
