import { isUrl } from '../realm/url.ts';
import { captureSite } from '../errors/call-site.ts';
import { refuseSwapped } from '../options/arguments.ts';
import { describeValue } from '../errors/describe.ts';
import { TelarError } from '../errors/telar-error.ts';
import { resolveModuleUrl } from '../task/handle/import-tasks.ts';
import { isConstructor } from '../task/definition/is-constructor.ts';
import { resolveTask } from '../task/resolve-task.ts';
import { isPreloading } from '../wire/message/nested.ts';
import { collectTransfers } from '../wire/values/transfer.ts';
import { type SpawnOptions, takeSpawnOptions } from './remote/options.ts';
import { findGroup } from './registry.ts';
import type { MethodArguments, Remote } from './remote/remote.ts';

/** The arguments that make an object, which may be left out when there are none, and the options. */
export type SpawnArguments<A extends readonly unknown[], Options> = [] extends A
  ? [args?: A, options?: Options]
  : [args: A, options?: Options];

/** Spawns objects: see `spawn`. */
export interface Spawn {
  /** Makes an instance of a class: `await spawn(Model, ['weights.bin'])`. */
  <T extends object, A extends readonly unknown[]>(
    type: new (...args: A) => T,
    ...rest: SpawnArguments<A, SpawnOptions<MethodArguments<T>>>
  ): Promise<Remote<T>>;
  /** Spawns the object that a function returns, or its promise resolves to. */
  <T extends object, A extends readonly unknown[]>(
    factory: (...args: A) => T | PromiseLike<T>,
    ...rest: SpawnArguments<A, SpawnOptions<MethodArguments<T>>>
  ): Promise<Remote<T>>;
  /** Spawns a module, whose exports are the object: `await spawn<typeof import('./service.js')>(url)`. */
  <Module extends object>(
    url: URL | string,
    options?: SpawnOptions<MethodArguments<Module>>,
  ): Promise<Remote<Module>>;

  /**
   * Sets a property of a spawned object; of a group, of each object. Rejects when that fails there. A restart makes the
   * object anew, without the property that was set.
   */
  set<R extends object, Name extends string & keyof R>(
    remote: R,
    name: Name,
    value: R[Name] extends PromiseLike<infer V> ? V : never,
  ): Promise<void>;

  /** Does what leaving the block of `await using` does, where that is not to be had: in JavaScript on Node 20. */
  close(remote: AsyncDisposable): Promise<void>;
}

/**
 * Makes an object on a thread of its own, and gives one that stands for it: methods are called and awaited, properties
 * are awaited, generators stream.
 *
 * The class or function travels as a task does, by reference or captured; its arguments are cloned. Calls on one object
 * begin in their order. What a method throws is rejected with its class name, code, cause, fields and both stacks. When
 * the thread dies, pending calls reject with a `WorkerError`.
 *
 * Leaving the block of `await using` waits for pending calls, runs the object's own `Symbol.asyncDispose` or
 * `Symbol.dispose`, and ends the thread; after `closeTimeout` it ends the thread at once. A pending call keeps the
 * process alive; an idle object does not.
 *
 * Cost: some 30 ms and 10 MB for a thread; about 30 µs of CPU for a call, on both sides together.
 *
 * @example
 * ```ts
 * await using model = await spawn(Model, ['weights.bin']);
 * const score = await model.predict(features);
 * for await (const step of model.train(data)) show(step);
 * ```
 */
export const spawn: Spawn = Object.assign(spawnObject as Omit<Spawn, 'set' | 'close'>, {
  set: setProperty,
  close: closeObject,
}) as Spawn;

async function spawnObject(target: unknown, ...rest: readonly unknown[]): Promise<object> {
  const site = captureSite(spawnObject);
  const isModule = typeof target !== 'function';
  const [args, given] = (isModule ? [[], rest[0]] : [rest[0] ?? [], rest[1]]) as [
    readonly unknown[],
    SpawnOptions<never> | undefined,
  ];
  refuseSwapped(Array.isArray(target) && typeof rest[0] === 'function', 'spawn(Model, [arguments])', [
    target,
    rest[0],
  ]);
  if (isModule && typeof target !== 'string' && !isUrl(target)) {
    throw new TypeError(
      `Expected a class, a function or the URL of a module to spawn, got ${describeValue(target)}.`,
    );
  }
  if (isModule && (Array.isArray(rest[0]) || rest[1] !== undefined)) {
    throw new TypeError(
      `Expected options behind the URL of a module, which takes no arguments, as in spawn(url, { signal }), got ${describeValue(rest[0])}.`,
    );
  }
  if (!Array.isArray(args)) {
    throw new TypeError(
      `Expected the arguments as an array, as in spawn(Model, ['weights.bin'], options), got ${describeValue(args)}.`,
    );
  }
  const options = takeSpawnOptions(given);
  if (
    ((options.instances ?? 1) > 1 || options.restart !== undefined) &&
    collectTransfers(args) !== undefined
  ) {
    throw new TypeError(
      'The arguments hold a value that transfer() marked, which can be handed over once: with `instances` or `restart` they are sent several times.',
    );
  }
  if (isPreloading()) {
    throw new TelarError(
      'A module that is preloaded (`--import`, `--require`) called spawn() in a thread of Telar, where it would start threads without end: ' +
        'call it behind `isMainThread` of node:worker_threads.',
    );
  }
  options.signal?.throwIfAborted();
  // The caller may use the array again before the thread takes it, or a restart.
  const ownArgs = [...args];
  // The target is resolved at once: the values of this moment are what travels.
  const url = isModule ? resolveModuleUrl(target, 'spawn') : undefined;
  const resolving =
    url === undefined
      ? resolveTask(target as Function, site, isConstructor(target))
      : ({ kind: 'module', url } as const);
  const name = url ?? ((target as { name?: string }).name || 'the object');
  const [definition, { ObjectGroup }, { createRemote }] = await Promise.all([
    resolving,
    // These modules are loaded here, since most programs spawn nothing.
    import('./thread/object-group.ts'),
    import('./create-remote.ts'),
  ]);
  return createRemote(await ObjectGroup.open({ name, definition, args: ownArgs, site }, options));
}

async function setProperty(remote: unknown, name: string, value: unknown): Promise<void> {
  const site = captureSite(setProperty);
  await assertGroup(remote, 'set').askAll({ kind: 'set', path: [name], value }, site);
}

async function closeObject(remote: unknown): Promise<void> {
  await assertGroup(remote, 'close').close();
}

function assertGroup(remote: unknown, method: string): NonNullable<ReturnType<typeof findGroup>> {
  const group = findGroup(remote);
  if (group !== undefined) return group;
  throw new TypeError(`Expected spawn.${method}() to get what spawn() gave, got ${describeValue(remote)}.`);
}
