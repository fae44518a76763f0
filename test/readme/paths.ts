import { existsSync, readFileSync } from 'node:fs';
import { root } from '../harness/root.ts';

const src = new URL('src/', root);

/**
 * Lists the files and folders that a page names in code, such as `flow/run/`, and that are not there. A path counts from the page,
 * from the root of the repository, or from `src/`, whose rooms are known by their names.
 */
export function listMissingPaths(page: URL): string[] {
  const markdown = readFileSync(page, 'utf8').replace(/^```[^]*?^```$/gm, '');
  const missing: string[] = [];
  for (const [, path = ''] of markdown.matchAll(
    /`((?:\.{0,2}[\w-]+|\.\.)(?:\/[\w.-]+)*(?:\/|\.(?:ts|js|json|txt)))`/g,
  )) {
    const isThere = [page, root, src].some((base) => existsSync(new URL(path, base)));
    if (!isThere) missing.push(path);
  }
  return missing;
}
