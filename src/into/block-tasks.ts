import { pathToFileURL } from 'node:url';
import { locateOwnFile } from '../machine/own-files.ts';
import type { TaskReference } from '../task/definition/definition.ts';

/** Paths that the bundler sets: it puts the files of the block tasks beside this one. */
declare const BUNDLED_FILL_BLOCK: string | undefined;
declare const BUNDLED_FOLD_BLOCK: string | undefined;

const files: Readonly<Record<'fillBlock' | 'foldBlock', string>> = {
  fillBlock: typeof BUNDLED_FILL_BLOCK === 'string' ? BUNDLED_FILL_BLOCK : './blocks/fill-block.js',
  foldBlock: typeof BUNDLED_FOLD_BLOCK === 'string' ? BUNDLED_FOLD_BLOCK : './blocks/fold-block.js',
};

/** Refers to the function that works on a block, for workers to import: what it keeps there outlives a call. */
export function findBlockTask(name: keyof typeof files): TaskReference {
  return {
    kind: 'reference',
    url: pathToFileURL(locateOwnFile(files[name], import.meta.url)).href,
    name,
  };
}
