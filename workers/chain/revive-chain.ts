import { createDecoder } from '../../src/bytes/decode/create-decoder.ts';
import { createEncoder } from '../../src/bytes/encode/encoder.ts';
import { reviveTask } from '../../src/task/revive-task.ts';
import type {
  ChainDefinition,
  ChainStage,
  CollectDefinition,
  StageRetry,
} from '../../src/wire/message/chain.ts';
import { Chain } from './chain.ts';
import { ByteCollector, type Collector, ValueCollector } from './collect/collector.ts';
import { CountFold, DistinctFold, GroupFold, ReduceFold, TopFold } from './collect/folds.ts';
import { makeCall, type RevivedRetry, type Stage } from './stages/stage.ts';

/** Makes the stages of a pipeline ready to run on this thread. */
export async function reviveChain({ decode, stages, collect }: ChainDefinition): Promise<Chain> {
  return new Chain(
    await Promise.all(stages.map(reviveStage)),
    decode === undefined ? undefined : createDecoder(decode),
    await reviveCollector(collect),
    collect.isDropping,
  );
}

async function reviveStage({ kind, task, retry, isDropping, isTimed }: ChainStage): Promise<Stage> {
  return {
    call: makeCall(kind, await reviveTask(task)),
    isDropping,
    isTimed,
    retry: retry === undefined ? undefined : await reviveRetry(retry),
  };
}

async function reviveRetry({ most, delay, when }: StageRetry): Promise<RevivedRetry> {
  const delayOf = typeof delay === 'number' ? (): number => delay : await reviveTask(delay);
  return {
    most,
    delay: delayOf as RevivedRetry['delay'],
    when: when === undefined ? (): boolean => true : ((await reviveTask(when)) as RevivedRetry['when']),
  };
}

async function reviveCollector(collect: CollectDefinition): Promise<Collector> {
  switch (collect.kind) {
    case 'values':
      return new ValueCollector();
    case 'bytes':
      return new ByteCollector(createEncoder(collect.format));
    case 'count':
      return new CountFold();
    case 'reduce':
      return new ReduceFold(await reviveTask(collect.init), await reviveTask(collect.step));
    case 'groupBy':
      return new GroupFold(
        await reviveTask(collect.key),
        await reviveTask(collect.init),
        await reviveTask(collect.step),
      );
    case 'topK':
      return new TopFold(collect.count, await reviveTask(collect.by));
    case 'distinct':
      return new DistinctFold(collect.by === undefined ? undefined : await reviveTask(collect.by));
  }
}
