import { createEncoder } from '../../src/bytes/encode/encoder.ts';
import type { TaskDefinition, TaskFunction } from '../../src/task/definition/definition.ts';
import { reviveTask } from '../../src/task/revive-task.ts';
import type {
  ChainDefinition,
  ChainStage,
  CollectDefinition,
  StageRetry,
} from '../../src/wire/message/chain.ts';
import { leaveLoaded } from '../userland/userland.ts';
import { Chain } from './chain.ts';
import { ByteCollector, type Collector, ValueCollector } from './collect/collector.ts';
import { CountFold, ReduceFold } from './collect/folds.ts';
import { DistinctFold, GroupFold } from './collect/keyed-folds.ts';
import { TopFold } from './collect/top-fold.ts';
import { openRows } from './open-rows.ts';
import { makeCall, type RevivedRetry, type Stage } from './stages/stage.ts';

// The first buffer that a thread hands over makes V8 drop all code that reads numbers from memory: answers hand them over,
// so that one does it before any code is compiled.
const first = new ArrayBuffer(1);
structuredClone(first, { transfer: [first] });

/** Names of the functions in the definition of a fold. */
const FUNCTIONS: ReadonlySet<string> = new Set(['init', 'step', 'key', 'by']);

/** Makes the stages of a pipeline ready to run on this thread. */
export async function reviveChain({ decode, stages, collect, reads }: ChainDefinition): Promise<Chain> {
  const [functions, folding] = await Promise.all([
    Promise.all(stages.map(({ task }) => reviveClean(task))),
    reviveFold(collect),
  ]);
  const rows =
    decode === undefined ? undefined : openRows(decode, reads, { stages: functions, collect: folding });
  const revived = stages.map((stage, at) =>
    reviveStage(stage, functions[at] as TaskFunction, rows?.wholeBehind === at ? rows.readWhole : undefined),
  );
  const keep = rows?.wholeBehind === 'collect' ? rows.readWhole : (value: unknown): unknown => value;
  return new Chain(
    await Promise.all(revived),
    rows?.decode,
    createCollector(collect, folding, keep),
    collect.isDropping,
  );
}

/** Loads a function, and takes away again what its module may have replaced. */
async function reviveClean(definition: TaskDefinition): Promise<TaskFunction> {
  try {
    return await reviveTask(definition);
  } finally {
    leaveLoaded();
  }
}

async function reviveStage(
  { kind, retry, isDropping, isTimed }: ChainStage,
  task: TaskFunction,
  readWhole: (() => unknown) | undefined,
): Promise<Stage> {
  return {
    call: makeCall(kind, task, readWhole),
    makeGuarded: (guard) => makeCall(kind, task, readWhole, guard),
    isDropping,
    isTimed,
    isWatched: true,
    retry: retry === undefined ? undefined : await reviveRetry(retry),
  };
}

async function reviveRetry({ most, delay, when }: StageRetry): Promise<RevivedRetry> {
  const delayOf = typeof delay === 'number' ? (): number => delay : await reviveClean(delay);
  return {
    most,
    delay: delayOf as RevivedRetry['delay'],
    when: when === undefined ? (): boolean => true : ((await reviveClean(when)) as RevivedRetry['when']),
  };
}

/** Makes the functions of a fold ready, by their names. */
async function reviveFold(collect: CollectDefinition): Promise<Record<string, TaskFunction>> {
  const definitions = Object.entries(collect).filter((entry): entry is [string, TaskDefinition] =>
    FUNCTIONS.has(entry[0]),
  );
  return Object.fromEntries(
    await Promise.all(
      definitions
        .filter(([, definition]) => definition !== undefined)
        .map(async ([name, definition]) => [name, await reviveClean(definition)] as const),
    ),
  );
}

function createCollector(
  collect: CollectDefinition,
  folding: Record<string, TaskFunction>,
  keep: (value: unknown) => unknown,
): Collector {
  const { init, step, key, by } = folding as Record<'init' | 'step' | 'key' | 'by', TaskFunction>;
  switch (collect.kind) {
    case 'values':
      return new ValueCollector();
    case 'bytes':
      return new ByteCollector(createEncoder(collect.format));
    case 'count':
      return new CountFold();
    case 'reduce':
      return new ReduceFold(init, step);
    case 'groupBy':
      return new GroupFold(collect.seed, key, init, step);
    case 'topK':
      return new TopFold(collect, by, keep);
    case 'distinct':
      return new DistinctFold(
        collect.seed,
        collect.by === undefined ? undefined : by,
        collect.isCounted ? undefined : keep,
      );
  }
}
