import { readdirSync, readFileSync } from 'node:fs';
import { root } from '../harness/root.ts';
import type { Project } from './measure.ts';

/** Reads the project's own files. What is in dist without a source is left from another time, and passed over. */
export function readProject(): Project {
  const sources = new Map<string, string>();
  const built = new Map<string, string>();
  for (const folder of ['src', 'workers', 'bench', 'test', 'examples']) {
    for (const entry of readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })) {
      const file = `${folder}/${entry.replaceAll('\\', '/')}`;
      // Fixtures are input: some of them are long, or broken, on purpose.
      if (!file.endsWith('.ts') || file.endsWith('.d.ts') || file.startsWith('test/fixtures/')) continue;
      sources.set(file, readFileSync(new URL(file, root), 'utf8'));
      if (folder === 'src' || folder === 'workers') {
        built.set(file, readFileSync(new URL(`dist/${file.replace(/ts$/, 'js')}`, root), 'utf8'));
      }
    }
  }
  return { sources, built };
}
