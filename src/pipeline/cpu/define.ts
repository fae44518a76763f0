import type { RecordFormat } from '../../bytes/format.ts';
import type { RetryOptions } from '../../options/retries.ts';
import type { TaskDefinition } from '../../task/definition/definition.ts';
import { resolveTask } from '../../task/resolve-task.ts';
import type { ChainDefinition, ChainStage, CollectDefinition, StageRetry } from '../../wire/message/chain.ts';
import type { ErrorPolicy } from '../stage/dead-letters.ts';
import type { CpuSpec, FoldSpec } from '../stage/specs.ts';
import type { Collect } from './collect.ts';
import { listRowReads } from './row-reads.ts';

/** A stage with the policy for its failures. */
export interface PolicedSpec {
  readonly spec: CpuSpec;
  readonly policy: ErrorPolicy;
}

/** Captures all functions of a group, at once: the values of this moment are what travels. */
export async function defineChain(
  decode: RecordFormat | undefined,
  stages: readonly PolicedSpec[],
  collect: Collect,
  collectPolicy: ErrorPolicy,
): Promise<ChainDefinition> {
  const specs = stages.map(({ spec }) => spec);
  const defining = Promise.all([
    defineCollect(collect, areFinal(stages, collectPolicy)),
    ...stages.map(defineStage),
  ]);
  // To list reads may load the half that captures, which looks for exported functions at greater length: some 35 ms.
  const reads = listRowReads(decode, specs, collect);
  const [collected, ...definedStages] = await defining;
  return {
    kind: 'chain',
    decode,
    stages: definedStages,
    collect: { ...collected, isDropping: collectPolicy !== undefined } as CollectDefinition,
    reads,
  };
}

/**
 * Tells whether all that enters the fold counts in the end: no item before another may end the run, and no state of a
 * chunk is left out because it cannot cross.
 */
function areFinal(stages: readonly PolicedSpec[], collectPolicy: ErrorPolicy): boolean {
  return (
    collectPolicy === undefined &&
    stages.every(({ spec, policy }) => spec.call === 'filter' && policy === undefined)
  );
}

async function defineStage({ spec, policy }: PolicedSpec): Promise<ChainStage> {
  const { retries, timeout } = spec.options;
  const [task, retry] = await Promise.all([
    resolveTask(spec.task),
    retries === undefined || retries === 0 ? undefined : defineRetry(retries),
  ]);
  return {
    kind: spec.call,
    task,
    retry,
    isDropping: policy !== undefined,
    isTimed: timeout !== undefined,
  };
}

async function defineRetry(retries: number | RetryOptions): Promise<StageRetry> {
  if (typeof retries === 'number') return { most: retries, delay: 0, when: undefined };
  const { retries: most, delay = 0, when } = retries;
  const [definedDelay, definedWhen] = await Promise.all([
    typeof delay === 'function' ? resolveTask(delay) : delay,
    when === undefined ? undefined : resolveTask(when),
  ]);
  return { most, delay: definedDelay, when: definedWhen };
}

type Defined<C> = C extends unknown ? Omit<C, 'isDropping'> : never;

async function defineCollect(collect: Collect, isFinal: boolean): Promise<Defined<CollectDefinition>> {
  switch (collect.kind) {
    case 'values':
    case 'count':
      return collect;
    case 'bytes':
      return { kind: 'bytes', format: collect.format };
    case 'reduce': {
      const { init, step } = await defineFold(collect.fold);
      return { kind: 'reduce', init, step };
    }
    case 'groupBy': {
      const [key, fold] = await Promise.all([resolveTask(collect.key), defineFold(collect.fold)]);
      return { kind: 'groupBy', key, ...fold, seed: makeSeed() };
    }
    case 'topK':
      return {
        kind: 'topK',
        count: collect.count,
        by: await resolveTask(collect.by),
        seed: makeSeed(),
        isFinal,
      };
    case 'distinct':
      return {
        kind: 'distinct',
        by: collect.by === undefined ? undefined : await resolveTask(collect.by),
        seed: makeSeed(),
        isCounted: collect.isCounted,
      };
  }
}

async function defineFold({ init, step }: FoldSpec): Promise<{ init: TaskDefinition; step: TaskDefinition }> {
  const [definedInit, definedStep] = await Promise.all([resolveTask(init), resolveTask(step)]);
  return { init: definedInit, step: definedStep };
}

/** Makes the number that the hashes of the keys of a run begin with. */
function makeSeed(): number {
  return Math.trunc(Math.random() * 2 ** 32) | 0;
}
