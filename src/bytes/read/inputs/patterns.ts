import type { GlobOptions } from 'tinyglobby';
import { requireOwn } from '../../../machine/own-files.ts';

/** Says whether a path names files by a pattern. */
export function isPattern(path: string | URL): path is string {
  return typeof path === 'string' && /[*?[\](){}!+@|,\\]/.test(path) && load().isDynamicPattern(path);
}

/** Lists the files that match at least one of the patterns. */
export function listMatches(patterns: readonly string[], options: GlobOptions): Promise<string[]> {
  return load().glob([...patterns], options);
}

/**
 * Loads tinyglobby at the first pattern: most paths have none, and what it depends on cannot be loaded inside of each
 * bundle.
 */
function load(): typeof import('tinyglobby') {
  return requireOwn('tinyglobby', import.meta.url) as typeof import('tinyglobby');
}
