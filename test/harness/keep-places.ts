import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

/** Writes into a bundle of esbuild where each module was, as webpack and what is built on it do. */
export const keepPlaces: Plugin = {
  name: 'keep-places',
  setup(esbuild) {
    esbuild.onLoad({ filter: /dist[\\/]bundle[\\/].*\.js$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      // Long lines end where they must, between any two words.
      return {
        contents: code.replaceAll(
          /\bimport\s*\.\s*meta\s*\.\s*url\b/g,
          JSON.stringify(pathToFileURL(path).href),
        ),
      };
    });
  },
};
