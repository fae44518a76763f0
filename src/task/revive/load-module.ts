import { fileURLToPath } from 'node:url';
import { readStack, setStack } from '../../errors/stack.ts';
import { NO_EXPORT, type TaskFunction, type TaskReference } from '../definition/definition.ts';

const typeScriptFile = /\.([cm]?)tsx?$/;
let tsx: Promise<unknown> | undefined;

/**
 * Imports a module by URL, TypeScript included.
 *
 * @remarks
 * Node 22.18 and later strip types by themselves; earlier ones get the hooks of `tsx`, once per thread. A `.ts`
 * file that a build left behind is looked for as the `.js` file next to it.
 */
export async function importModule(url: string): Promise<Record<string, unknown>> {
  const href = await prepareImport(url);
  try {
    return await importHref(href);
  } catch (error) {
    if (!needsTransform(error)) throw error;
    await registerTsx(href);
    return await importHref(href);
  }
}

/** Imports one function; rejects when the module has no function of that name. */
export async function importFunction({ url, name }: TaskReference): Promise<TaskFunction> {
  const namespace = await importModule(url);
  const task = findExport(namespace, name);
  if (isFunction(task)) return task;
  const names = Object.keys(namespace).filter((key) => isFunction(namespace[key]));
  const offer =
    names.length === 0 ? 'It exports no functions.' : `It exports the functions ${names.join(', ')}.`;
  const found =
    task === undefined
      ? `has no export \`${name}\``
      : `exports \`${name}\` as ${typeof task}, not as a function`;
  throw Object.assign(new TypeError(`${url} ${found}. ${offer}`), { code: NO_EXPORT });
}

/** Readies the thread for a module at `url`, and for what that module imports; returns where the module is. */
export async function prepareImport(url: string): Promise<string> {
  if (!url.startsWith('file:')) return url;
  const { pathname } = new URL(url);
  const extension = typeScriptFile.exec(pathname);
  if (extension === null) return url;
  if (!process.getBuiltinModule('node:fs').existsSync(fileURLToPath(url))) {
    const built = new URL(url);
    built.pathname = pathname.replace(typeScriptFile, '.$1js');
    if (process.getBuiltinModule('node:fs').existsSync(fileURLToPath(built))) return built.href;
  }
  if (!('typescript' in process.features) || !process.features.typescript) await registerTsx(url);
  return url;
}

async function importHref(href: string): Promise<Record<string, unknown>> {
  try {
    const namespace: Record<string, unknown> = await import(href);
    return namespace;
  } catch (error) {
    throw nameImporter(error);
  }
}

/** Names the importer of a missing module: Node takes this file for it, which is no matter of this file. */
function nameImporter(error: unknown): unknown {
  if (!(error instanceof Error) || Reflect.get(error, 'code') !== 'ERR_MODULE_NOT_FOUND') return error;
  const importer = ` imported from ${fileURLToPath(import.meta.url)}`;
  const at = error.message.indexOf(importer);
  if (at === -1) return error;
  const message = error.message.slice(0, at) + error.message.slice(at + importer.length);
  const stack = readStack(error)?.split(error.message).join(message);
  Object.defineProperty(error, 'message', { value: message, writable: true, configurable: true });
  setStack(error, stack);
  return error;
}

/** Returns whether a module failed for TypeScript that Node cannot strip: enums, namespaces, parameter properties. */
function needsTransform(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX';
}

function registerTsx(url: string): Promise<unknown> {
  tsx ??= startTsx(url);
  return tsx;
}

async function startTsx(url: string): Promise<unknown> {
  const { getImporter, silenceWarning } = await import('./compile.ts');
  await silenceWarning();
  for (const base of [url, import.meta.url]) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the second place counts only where the first has nothing.
      const { register } = await getImporter(base)('tsx/esm/api', undefined);
      return (register as () => unknown)();
    } catch (error) {
      if (!(error instanceof Error) || Reflect.get(error, 'code') !== 'ERR_MODULE_NOT_FOUND') throw error;
    }
  }
  throw new Error(
    `${url} needs TypeScript to be compiled, which Node ${process.versions.node} does not do by itself. ` +
      `Install tsx (npm i -D tsx), use Node 22.18 or later for plain type annotations, or pass the compiled module.`,
  );
}

/**
 * Finds an export. A CommonJS module shows some of its exports only on `default`, and one compiled from a default
 * export on `default.default`.
 */
function findExport(namespace: Record<string, unknown>, name: string): unknown {
  const direct = namespace[name];
  if (isFunction(direct)) return direct;
  const main = namespace['default'];
  if (typeof main === 'object' && main !== null && name in main) return Reflect.get(main, name);
  if (isFunction(main) && Object.hasOwn(main, name)) return Reflect.get(main, name);
  return direct;
}

function isFunction(value: unknown): value is TaskFunction {
  return typeof value === 'function';
}
