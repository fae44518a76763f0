import type { TaskDefinition, TaskFunction, TaskReference } from './definition.ts';
import { importModule } from './load-module.ts';

export { disposeWorkerValues } from './per-worker.ts';

/**
 * Turns a definition back into a function, on the thread that will run it.
 *
 * @remarks Rejects when the module is missing, does not parse, throws, or exports no function of that name.
 */
export async function reviveTask(definition: TaskDefinition): Promise<TaskFunction> {
  if (definition.kind === 'reference') return await importTask(definition);
  // Loaded on demand: a worker that only runs exported functions starts without it.
  const { reviveCaptured } = await import('./captured/revive-captured.ts');
  return await reviveCaptured(definition);
}

async function importTask({ url, name }: TaskReference): Promise<TaskFunction> {
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
  throw new TypeError(`${url} ${found}. ${offer}`);
}

/** A CommonJS module shows some of its exports only on `default`, and one compiled from a default export on `default.default`. */
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
