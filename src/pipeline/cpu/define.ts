import type { EncodedFormat, RecordFormat } from '../../bytes/format.ts';
import type { RetryOptions } from '../../options/retries.ts';
import type { TaskDefinition } from '../../task/definition/definition.ts';
import { resolveTask } from '../../task/resolve-task.ts';
import type { ChainDefinition, ChainStage, CollectDefinition, StageRetry } from '../../wire/message/chain.ts';
import type { Policy } from '../stage/letters.ts';
import type { CpuSpec, FoldSpec } from '../stage/specs.ts';

/** Form of what a group of stages gives: values, bytes, or a state that was folded on the workers. */
export type Collect =
  | { readonly kind: 'values' }
  | { readonly kind: 'bytes'; readonly format: EncodedFormat }
  | { readonly kind: 'count' }
  | { readonly kind: 'reduce'; readonly fold: FoldSpec }
  | { readonly kind: 'groupBy'; readonly key: unknown; readonly fold: FoldSpec }
  | { readonly kind: 'topK'; readonly count: number; readonly by: unknown }
  | { readonly kind: 'distinct'; readonly by: unknown };

/** A stage with the policy for its failures. */
export interface PolicedSpec {
  readonly spec: CpuSpec;
  readonly policy: Policy;
}

/** Captures all functions of a group, at once: the values of this moment are what travels. */
export async function defineChain(
  decode: RecordFormat | undefined,
  stages: readonly PolicedSpec[],
  collect: Collect,
  collectPolicy: Policy,
): Promise<ChainDefinition> {
  const definedStages = stages.map(defineStage);
  const definedCollect = defineCollect(collect);
  return {
    kind: 'chain',
    decode,
    stages: await Promise.all(definedStages),
    collect: { ...(await definedCollect), isDropping: collectPolicy !== undefined } as CollectDefinition,
  };
}

async function defineStage({ spec, policy }: PolicedSpec): Promise<ChainStage> {
  const { retries, timeout } = spec.options;
  const task = resolveTask(spec.task);
  const retry = retries === undefined || retries === 0 ? undefined : defineRetry(retries);
  return {
    kind: spec.call,
    task: await task,
    retry: await retry,
    isDropping: policy !== undefined,
    isTimed: timeout !== undefined,
  };
}

async function defineRetry(retries: number | RetryOptions): Promise<StageRetry> {
  if (typeof retries === 'number') return { most: retries, delay: 0, when: undefined };
  const { retries: most, delay = 0, when } = retries;
  const definedDelay = typeof delay === 'function' ? resolveTask(delay) : delay;
  const definedWhen = when === undefined ? undefined : resolveTask(when);
  return { most, delay: await definedDelay, when: await definedWhen };
}

type Defined<C> = C extends unknown ? Omit<C, 'isDropping'> : never;

async function defineCollect(collect: Collect): Promise<Defined<CollectDefinition>> {
  switch (collect.kind) {
    case 'values':
    case 'count':
    case 'bytes':
      return collect;
    case 'reduce': {
      const { init, step } = defineFold(collect.fold);
      return { kind: 'reduce', init: await init, step: await step };
    }
    case 'groupBy': {
      const key = resolveTask(collect.key);
      const { init, step } = defineFold(collect.fold);
      return { kind: 'groupBy', key: await key, init: await init, step: await step };
    }
    case 'topK':
      return { kind: 'topK', count: collect.count, by: await resolveTask(collect.by) };
    case 'distinct':
      return { kind: 'distinct', by: collect.by === undefined ? undefined : await resolveTask(collect.by) };
  }
}

type MaybeLater = TaskDefinition | Promise<TaskDefinition>;

function defineFold({ init, step }: FoldSpec): { init: MaybeLater; step: MaybeLater } {
  return { init: resolveTask(init), step: resolveTask(step) };
}
