import { reviveStore, reviveTask } from '../../src/task/revive-task.ts';
import type { DefineMessage, WorkDefinition } from '../../src/wire/message/message.ts';
import { LoadedTask } from '../item/item-outcomes.ts';
import type { Loaded, WorkerTask } from '../item/outcomes.ts';

/** The tasks that main has told a session of, each loaded when its first chunk comes. */
export class Tasks {
  readonly #limit: number;
  readonly #definitions = new Map<number, DefineMessage>();
  readonly #loaded = new Map<number, Loaded | Promise<Loaded>>();

  /** @param limit - Time that the load of one task may take, in ms. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Returns whether a task is loaded, loads, or could not be loaded. */
  has(task: number): boolean {
    return this.#loaded.has(task);
  }

  define(message: DefineMessage): void {
    this.#definitions.set(message.task, message);
  }

  /** Gives a task, or the promise of it while it loads, which rejects where it cannot be loaded. */
  load(task: number): Loaded | Promise<Loaded> {
    const known = this.#loaded.get(task);
    if (known !== undefined) return known;
    const message = this.#definitions.get(task);
    if (message === undefined) throw new Error('This worker was not told the task.');
    const loading = limitTime(revive(message), this.#limit);
    this.#loaded.set(task, loading);
    loading.then(
      (loaded) => this.#loaded.set(task, loaded),
      () => {
        // The chunk that waits for it reports it; a later chunk is given the same failure.
      },
    );
    return loading;
  }

  /** Forgets a task that no run uses any more. */
  forget(task: number): void {
    this.#loaded.delete(task);
    this.#definitions.delete(task);
  }
}

async function revive({ definition, store }: DefineMessage): Promise<Loaded> {
  const loaded = await reviveWork(definition);
  if (store !== undefined) loaded.store = await reviveStore(store);
  return loaded;
}

async function reviveWork(definition: WorkDefinition): Promise<Loaded> {
  if (definition.kind !== 'chain') return new LoadedTask((await reviveTask(definition)) as WorkerTask);
  // The chain is loaded on demand: most workers run no pipeline.
  const { reviveChain } = await import('../chain/revive-chain.ts');
  return await reviveChain(definition);
}

/** Rejects after `limit` ms: a module whose loading never ends is a module that cannot be loaded. */
async function limitTime<T>(loading: Promise<T>, limit: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It did not finish loading within ${limit} ms.`)), limit);
  });
  try {
    return await Promise.race([loading, late]);
  } finally {
    clearTimeout(timer);
  }
}
