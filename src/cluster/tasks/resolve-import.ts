import { readFile, realpath, stat } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Meaning of a specifier: a file whose text counts, or a module that is known by its name. */
export type Import =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'known'; readonly id: string };

/** Sources that a specifier with the extension of what the compiler makes of them may stand for. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
  '.jsx': ['.tsx'],
};
const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.mjs', '.cjs', '/index.ts', '/index.tsx', '/index.mjs'];

/** Finds out what a specifier in a file stands for, as Node.js or a loader of TypeScript does. */
export async function resolveImport(specifier: string, from: string): Promise<Import> {
  if (isBuiltin(specifier)) return { kind: 'known', id: 'builtin' };
  if (/^\.{0,2}\/|^\.{1,2}$|^file:/.test(specifier)) {
    const path = await findFile(specifier, from);
    return path === undefined ? { kind: 'known', id: 'missing' } : { kind: 'file', path };
  }
  if (URL.canParse(specifier)) return { kind: 'known', id: 'url' };
  return await resolvePackage(specifier, from);
}

async function findFile(specifier: string, from: string): Promise<string | undefined> {
  const path = toPath(specifier, from);
  if (path === undefined) return undefined;
  if (await isFile(path)) return await realpath(path);
  const required = requireFrom(specifier, from);
  if (required !== undefined) return required;
  const extension = extname(path);
  const bare = path.slice(0, path.length - extension.length);
  const candidates = [
    ...(SOURCES[extension] ?? []).map((source) => bare + source),
    ...EXTENSIONS.map((source) => path + source),
  ];
  for (const candidate of candidates) {
    // oxlint-disable-next-line no-await-in-loop -- the first that is there is meant.
    if (await isFile(candidate)) return await realpath(candidate);
  }
  return undefined;
}

function toPath(specifier: string, from: string): string | undefined {
  try {
    const url = new URL(specifier, pathToFileURL(from));
    return fileURLToPath(`${url.protocol}//${url.host}${url.pathname}`);
  } catch {
    return undefined;
  }
}

/** A package is told by name and version; one of the same workspace, or a name of the package's own, is a file. */
async function resolvePackage(specifier: string, from: string): Promise<Import> {
  const required = requireFrom(specifier, from);
  if (required !== undefined && !isInstalled(required)) return { kind: 'file', path: required };
  const folder = await findPackage(specifier, from);
  const id = folder === undefined ? undefined : await readId(join(folder, 'package.json'));
  if (id !== undefined) return { kind: 'known', id };
  return { kind: 'known', id: (required && (await readNearestId(required))) ?? 'missing' };
}

/** The folder of a package. It is looked for by name: not all packages can be required, nor show their manifest. */
async function findPackage(specifier: string, from: string): Promise<string | undefined> {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    // oxlint-disable-next-line no-await-in-loop -- the first on the way up is meant.
    if (await isFile(join(found, 'package.json'))) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

async function readNearestId(path: string): Promise<string | undefined> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    // oxlint-disable-next-line no-await-in-loop -- the first on the way up is meant.
    const id = await readId(join(folder, 'package.json'));
    if (id !== undefined || folder === dirname(folder)) return id;
  }
}

/** Manifests inside a package, which only say of what kind its modules are, have no name or version. */
async function readId(manifest: string): Promise<string | undefined> {
  try {
    const { name, version } = JSON.parse(await readFile(manifest, 'utf8')) as Record<string, unknown>;
    return typeof name === 'string' && typeof version === 'string' ? `${name}@${version}` : undefined;
  } catch {
    return undefined;
  }
}

function requireFrom(specifier: string, from: string): string | undefined {
  try {
    return createRequire(pathToFileURL(from)).resolve(specifier);
  } catch {
    return undefined;
  }
}

function isInstalled(path: string): boolean {
  return path.includes(`${sep}node_modules${sep}`);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}
