import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { optionError } from '../../options/check.ts';
import type { TaskReference } from '../../task/definition/definition.ts';
import { getLoadedModules } from '../../task/reference/modules.ts';
import { resolveTask } from '../../task/resolve-task.ts';
import { importModule } from '../../task/revive/load-module.ts';
import type { WorkDefinition } from '../../wire/message/message.ts';
import { listNeeds, type RunHead } from '../message/messages.ts';
import { nameModule, nameTask } from './name-task.ts';
import { decodeChain } from './sent-chain.ts';
import { assertBuild, computeVersion } from './version.ts';

const NAME = /^[A-Za-z0-9._-]{1,64}$/;
/** A name in front of a path, which has no slash before the sign. */
const NAMED = /^([A-Za-z0-9._-]+)=(.+)$/s;

/** A module that a node is started with. */
interface TaskModule {
  /** Path of the file, as it was given. */
  readonly file: string;
  readonly name: string;
  readonly path: string;
  readonly url: string;
}

type Functions = ReadonlyMap<string, Function>;

interface Task {
  readonly reference: TaskReference;
  readonly run: Function;
}

/** The tasks that a node has, looked up by their ids alone: a name from the broker never becomes a path. */
export class TaskRegistry {
  readonly #tasks = new Map<string, Map<string, Task>>();

  private constructor() {}

  /**
   * Imports modules, and takes their exported functions as tasks.
   *
   * @param files - Paths, or `name=path`.
   * @param build - The version of all. `@defaultValue` each module's is a hash of its content
   *
   * @throws TypeError when a module cannot be imported or has no tasks, or when two have one name.
   */
  static async load(files: readonly string[], build?: string): Promise<TaskRegistry> {
    assertBuild(build);
    const registry = new TaskRegistry();
    const modules = files.map(readModule);
    assertDifferent(modules);
    const loaded: (readonly [TaskModule, Functions])[] = [];
    // oxlint-disable-next-line no-await-in-loop -- modules may depend on the order in which they are loaded.
    for (const module of modules) loaded.push([module, await importTasks(module)]);
    for (const [{ name, url }, functions] of loaded) {
      // oxlint-disable-next-line no-await-in-loop -- what stands first is kept.
      const version = await computeVersion(url, build);
      for (const [key, run] of functions) {
        registry.#add(version, `${name}#${key}`, { reference: { kind: 'reference', url, name: key }, run });
      }
    }
    // oxlint-disable-next-line no-await-in-loop -- a task keeps the name that it got first.
    for (const [, functions] of loaded) await registry.#addHomes(functions, build);
    return registry;
  }

  get versions(): string[] {
    return [...this.#tasks.keys()];
  }

  listTasks(version: string): string[] {
    return [...(this.#tasks.get(version)?.keys() ?? [])];
  }

  find(version: string, task: string): TaskReference | undefined {
    return this.#tasks.get(version)?.get(task)?.reference;
  }

  /** Defines what a run's items go through; `undefined` unless all of its tasks are here. */
  define(head: RunHead): WorkDefinition | undefined {
    if (head.chain === undefined) return this.find(head.version, head.task);
    const tasks = listNeeds(head).map(({ task, version }) => this.find(version, task));
    return tasks.every((task) => task !== undefined) ? decodeChain(head.chain, tasks) : undefined;
  }

  /**
   * Adds functions under the names that they have at home: a caller finds a function where it is written, whichever module it
   * was imported from.
   */
  async #addHomes(functions: Functions, build: string | undefined): Promise<void> {
    for (const run of functions.values()) {
      // oxlint-disable-next-line no-await-in-loop -- what stands first is kept.
      const reference = await findHome(run);
      if (reference?.url.startsWith('file:') !== true) continue;
      // oxlint-disable-next-line no-await-in-loop -- a task keeps the name that it got first.
      const version = await computeVersion(reference.url, build);
      const other = this.#add(version, nameTask(reference), { reference, run });
      // Either of two texts that are equal will do; a build says nothing of texts.
      if (build === undefined || other.run === run) continue;
      throw optionError(
        `Two tasks have the id '${nameTask(reference)}' in the build '${build}', so callers cannot tell them apart: ` +
          `those of ${other.reference.url} and ${reference.url}. Give one of the files another name.`,
      );
    }
  }

  /** Adds a task, unless its id is taken, and returns the one that has it. */
  #add(version: string, id: string, task: Task): Task {
    const tasks = this.#tasks.get(version) ?? new Map<string, Task>();
    this.#tasks.set(version, tasks);
    const known = tasks.get(id);
    if (known === undefined) tasks.set(id, task);
    return known ?? task;
  }
}

function readModule(file: string): TaskModule {
  const [, given, named = file] = NAMED.exec(file) ?? [];
  const path = resolve(named);
  const url = pathToFileURL(path).href;
  const name = given ?? nameModule(url);
  if (NAME.test(name)) return { file, name, path, url };
  throw optionError(
    `The name of a module of tasks has 1 to 64 letters, digits, '.', '_' or '-', and '${name}' is none: give one, as in --tasks name=${named}`,
  );
}

function assertDifferent(modules: readonly TaskModule[]): void {
  for (const [at, { name, file }] of modules.entries()) {
    const first = modules.findIndex((other) => other.name === name);
    if (first === at) continue;
    throw optionError(
      `Two modules of tasks have the name '${name}': ${modules[first]?.file} and ${file}. Give one of them another, as in --tasks other=${file}`,
    );
  }
}

async function importTasks({ file, path, url }: TaskModule): Promise<Functions> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw optionError(`There is no module of tasks ${file}: ${path} is no file.`);
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await importModule(url);
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw Object.assign(optionError(`The module of tasks ${file} cannot be imported: ${reason}`), { cause });
  }
  // Node.js knows a module by its path behind links.
  const functions = listFunctions(exported, await realpath(path));
  if (functions.size > 0) return functions;
  const names = Object.keys(exported).join(', ') || 'nothing';
  throw optionError(`The module of tasks ${file} exports no functions: it exports ${names}.`);
}

/** A CommonJS module shows some of its exports only on the object that it exports. */
function listFunctions(exported: Readonly<Record<string, unknown>>, path: string): Functions {
  const functions = new Map<string, Function>();
  const main = exported['default'];
  const isCommonJs = main !== undefined && getLoadedModules()[path]?.exports === main;
  for (const holder of isCommonJs ? [exported, main] : [exported]) {
    for (const name of Object.keys(holder as object)) {
      const value = Reflect.get(holder as object, name) as unknown;
      // Later versions of Node.js show the whole of a CommonJS module under this name as well.
      if (name !== 'module.exports' && typeof value === 'function') functions.set(name, value);
    }
  }
  return functions;
}

async function findHome(task: Function): Promise<TaskReference | undefined> {
  try {
    const found = await resolveTask(task);
    return found.kind === 'reference' ? found : undefined;
  } catch {
    // The task would have to travel with what it uses, which no caller of a cluster may ask for.
    return undefined;
  }
}
