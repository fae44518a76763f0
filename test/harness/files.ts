import { readdirSync } from 'node:fs';
import { root } from './root.ts';

/**
 * Lists the built test files whose path contains `part`, relative to the repository, in order.
 *
 * @remarks The sources say which there are: dist may still hold a file that was renamed. (Node 20 takes no globs.)
 */
export function listTestFiles(part = ''): string[] {
  return readdirSync(new URL('test/', root), { recursive: true, encoding: 'utf8' })
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.test.ts') && file.includes(part))
    .map((file) => `dist/${file.replace(/\.ts$/, '.js')}`)
    .sort();
}
