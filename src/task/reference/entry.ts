import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

const entries = new Map<string, string | undefined>();

/**
 * Returns whether a script is the file that this thread was started with.
 *
 * @remarks A worker that imported it would run the whole program again, so its functions never travel by reference.
 */
export function isEntry(url: string): boolean {
  const started = process.argv[1];
  if (started === undefined) return false;
  if (!entries.has(started)) entries.set(started, findFile(started));
  const file = toPath(url);
  return file !== undefined && (file === started || file === entries.get(started));
}

/** Finds the path behind a script's URL: CommonJS scripts are named by path, ES modules by URL. */
export function toPath(url: string): string | undefined {
  if (isAbsolute(url)) return url;
  try {
    return url.startsWith('file:') ? fileURLToPath(url) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Finds the file of a program that was started by a shorter name: `node app` starts `app.js` or `app/index.js`, behind
 * any links.
 */
function findFile(started: string): string | undefined {
  try {
    return realpathSync(createRequire(`${process.cwd()}/`).resolve(started));
  } catch {
    return undefined;
  }
}
