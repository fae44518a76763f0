import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeValue } from '../../errors/describe.ts';
import { shareOnThread } from '../../realm/thread-registry.ts';
import type { TaskReference } from '../definition/definition.ts';

/** The functions that a module exports, as tasks. */
export type ImportedTasks<Module> = {
  readonly [
    Name in keyof Module as Module[Name] extends (...parameters: never) => unknown ? Name : never
  ]: Module[Name];
};

// The symbol is registered: a handle made by another copy of Telar in the process is as good.
const key = Symbol.for('telar.task');
const modules = shareOnThread('task modules', () => new WeakMap<object, string>());

/**
 * Names the tasks of a module that only the workers load.
 *
 * @example
 * ```ts
 * const { parse } = importTasks<typeof import('./parse.js')>(new URL('./parse.js', import.meta.url));
 * const rows = await parallelMap(lines, parse);
 * ```
 *
 * @remarks
 * The main thread never loads the module, so neither its memory nor its start is paid there. A name that the
 * module does not export fails in the worker, before the first item.
 *
 * @param url - A URL, or an absolute path.
 */
export function importTasks<Module extends object>(url: URL | string): ImportedTasks<Module> {
  const href = resolveModuleUrl(url, 'importTasks');
  const handles = new Map<string, () => never>();
  const getHandle = (_: object, name: string | symbol): unknown => {
    // A name that the language asks for by itself is no task: `await tasks` and `JSON.stringify(tasks)` stay harmless.
    if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined;
    let handle = handles.get(name);
    if (handle === undefined) handles.set(name, (handle = createHandle(href, name)));
    return handle;
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the module's type is what the caller states.
  const tasks = new Proxy(Object.create(null) as object, {
    get: getHandle,
    set: () => false,
  }) as ImportedTasks<Module>;
  modules.set(tasks, href);
  return tasks;
}

/** Finds the URL of the module whose tasks an object has, if `importTasks` gave it. */
export function findTaskModule(tasks: object): string | undefined {
  return modules.get(tasks);
}

/** Finds the module and export behind a handle of `importTasks`, if `task` is one. */
export function findImportedTask(task: object): TaskReference | undefined {
  return Reflect.get(task, key) as TaskReference | undefined;
}

function createHandle(url: string, name: string): () => never {
  const handle = (): never => {
    throw new TypeError(
      `\`${name}\` of ${url} runs on workers only: importTasks() does not load the module here. ` +
        `Pass it to parallelMap(), or import the module to call it on this thread.`,
    );
  };
  Object.defineProperty(handle, 'name', { value: name });
  Object.defineProperty(handle, key, { value: { kind: 'reference', url, name } satisfies TaskReference });
  return handle;
}

/** @param call - Who asks, for messages. */
export function resolveModuleUrl(url: unknown, call: string): string {
  if (typeof url === 'object' && url !== null && 'href' in url && typeof url.href === 'string')
    return url.href;
  if (typeof url !== 'string') {
    throw new TypeError(
      `Expected a URL such as new URL('./tasks.js', import.meta.url), got ${describeValue(url)}.`,
    );
  }
  if (isAbsolute(url)) return pathToFileURL(url).href;
  if (URL.canParse(url)) return url;
  const fix = url.startsWith('.') ? `new URL('${url}', import.meta.url)` : `import.meta.resolve('${url}')`;
  throw new TypeError(
    `Expected a URL or an absolute path, got '${url}', which says nothing about where to start from. ` +
      `Use ${call}(${fix}).`,
  );
}
