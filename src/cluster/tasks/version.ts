import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describeValue } from '../../errors/describe.ts';
import { optionError } from '../../options/check.ts';
import { listImports } from './list-imports.ts';
import { resolveImport } from './resolve-import.ts';

const BUILD = /^[A-Za-z0-9._-]{1,64}$/;
/** Digits of a hash that are kept: 128 bits, so that no two texts have one by chance. */
const LENGTH = 32;
/** Files that may import others. */
const CODE = /\.[cm]?[jt]sx?$/;

const versions = new Map<string, Promise<string>>();

/** Throws unless a build is given as it may be. */
export function assertBuild(build: unknown): asserts build is string | undefined {
  if (build === undefined || (typeof build === 'string' && BUILD.test(build))) return;
  throw optionError(
    `Expected \`build\` to have 1 to 64 letters, digits, '.', '_' or '-', got ${describeValue(build)}.`,
  );
}

/**
 * Returns the version of a module: `build` where it is given, else a hash of its text, of all files that it imports, and of
 * names and versions of the packages that these import. It says nothing of where the files lie, so it is the same on all
 * machines that have the same files. It is made once, of what is there then.
 *
 * @remarks What a program reads, or imports under a name that it makes, does not count: that wants a `build`.
 *
 * @throws TypeError when the module is not a file that can be read.
 */
export async function computeVersion(url: string, build?: string): Promise<string> {
  assertBuild(build);
  if (build !== undefined) return build;
  const known = versions.get(url);
  if (known !== undefined) return await known;
  const computing = hashModule(url);
  versions.set(url, computing);
  computing.catch(() => versions.delete(url));
  return await computing;
}

/** Hashes files in the order in which they are met; one that is imported is told by its place in that. */
async function hashModule(url: string): Promise<string> {
  const places = new Map<string, number>();
  const files: string[] = [];
  const placeOf = (path: string): number => {
    const place = places.get(path) ?? files.length;
    if (place === files.length) {
      places.set(path, place);
      files.push(path);
    }
    return place;
  };
  const path = toPath(url);
  placeOf(await realpath(path).catch(() => path));
  const hash = createHash('sha256');
  for (let at = 0; at < files.length; at++) {
    const file = files[at] as string;
    // oxlint-disable-next-line no-await-in-loop -- each file says which ones come next.
    const bytes = await read(file, url);
    hash.update(`${bytes.length}\n`).update(bytes);
    const specifiers = CODE.test(file) ? listImports(bytes.toString('utf8')) : [];
    // oxlint-disable-next-line no-await-in-loop -- each file says which ones come next.
    const imports = await Promise.all(specifiers.map((specifier) => resolveImport(specifier, file)));
    const ids = imports.map((found) => (found.kind === 'file' ? placeOf(found.path) : found.id));
    hash.update(`${JSON.stringify(ids)}\n`);
  }
  return hash.digest('hex').slice(0, LENGTH);
}

async function read(path: string, url: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw withCause(`Cannot read ${path}, to tell the version of ${url}: give a \`build\`.`, cause);
  }
}

/** Loaders and program text may have put something behind the path. */
function toPath(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return fileURLToPath(`${protocol}//${host}${pathname}`);
  } catch (cause) {
    throw withCause(`The module ${shorten(url)} is no file, which has a version: give a \`build\`.`, cause);
  }
}

function withCause(message: string, cause: unknown): Error {
  return Object.assign(optionError(message), { cause });
}

function shorten(url: string): string {
  return url.length > 100 ? `${url.slice(0, 100)}…` : url;
}
