import Module from 'node:module';
import { fileURLToPath } from 'node:url';
import { describeBundler } from './bundlers.ts';
import { TelarError } from '../errors/telar-error.ts';

/**
 * Error code for a file that Telar needs at run time and that is not where it should be: the package was bundled, or
 * its installation is incomplete.
 */
export const NOT_FOUND = 'ERR_TELAR_FILE_NOT_FOUND';

/**
 * Returns the path of a file of the package, from the module that needs it.
 *
 * @param path - Relative to that module.
 * @param base - `import.meta.url` of that module; bundlers leave it empty where they write CommonJS.
 *
 * @throws TelarError when there is no such file, before anything was started that could not load it.
 */
export function locateOwnFile(path: string, base: string | undefined): string {
  const file = resolvePath(path, base);
  if (file === undefined || !exists(file)) throw createMissingError(path, base);
  return file;
}

/**
 * Loads a file of the package, or a package that it depends on, at once.
 *
 * @throws TelarError when the file or package is not there.
 */
export function requireOwn(path: string, base: string | undefined): unknown {
  // Code that a bundler writes as CommonJS has no `import.meta.url`.
  if (typeof base !== 'string' || base === '') throw createMissingError(path, base);
  try {
    // `Module.createRequire` is a name that webpack does not take out, and of the module that test runners put in the
    // place of Node's.
    return Module.createRequire(base)(path);
  } catch (cause) {
    if (isMissing(path, cause)) throw createMissingError(path, base, cause);
    throw cause;
  }
}

/** Tells whether this very file was looked for in vain, and not one that it needs. */
function isMissing(path: string, thrown: unknown): boolean {
  const { code, message } = Object(thrown) as { code?: unknown; message?: unknown };
  return /^(ERR_)?MODULE_NOT_FOUND$/.test(String(code)) && String(message).includes(path);
}

function createMissingError(path: string, base: string | undefined, cause?: unknown): TelarError {
  const name = path.replace(/^.*\//, '');
  const file = resolvePath('', base);
  const message = isInstalled(base)
    ? `Telar needs ${name}, which is missing beside ${file}: its installation is incomplete, so install it again.`
    : `Telar was bundled${file === undefined || !exists(file) ? '' : ` into ${file}`}, away from ${name}, which it needs at run time: ` +
      `keep the package external, with ${describeBundler()}.`;
  return Object.assign(new TelarError(message, { cause }), { code: NOT_FOUND });
}

/** Tells whether the module at `base` stands in a folder of the package, and not in what a bundler made of it. */
function isInstalled(base: string | undefined): boolean {
  const file = resolvePath('', base);
  const manifest = resolvePath('../../package.json', base);
  if (file === undefined || manifest === undefined || !exists(file)) return false;
  try {
    const text = process.getBuiltinModule('node:fs').readFileSync(manifest, 'utf8');
    return (JSON.parse(text) as { name?: unknown }).name === 'telar';
  } catch {
    return false;
  }
}

function resolvePath(path: string, base: string | undefined): string | undefined {
  try {
    // The URL is passed as text: a bundler may have put a class of its own in the place of URL.
    return fileURLToPath(new URL(path, base).href);
  } catch {
    return undefined;
  }
}

function exists(file: string): boolean {
  // An import would read all that node:fs exports, and so load more than a program needs.
  return process.getBuiltinModule('node:fs').existsSync(file);
}
