/// <reference lib="esnext.disposable" />
/// <reference types="node" preserve="true" />
export { TelarError } from './errors/telar-error.ts';
export { FileError } from './errors/file-error.ts';
export { CloneError, ItemError, TaskError, TaskTimeoutError, WorkerError } from './errors/item-errors.ts';
export { InterruptError } from './pipeline/stop/interrupt-error.ts';
export { RecordError } from './errors/record-error.ts';
export { JournalError } from './errors/journal-error.ts';
export type { ItemContext, WorkerEnd } from './errors/item-errors.ts';
export type { JournalProblem } from './errors/journal-error.ts';
export type { Input } from './flow/source/open-source.ts';
export { type Call, gather, type GatherOptions } from './calls/gather.ts';
export { Pool } from './calls/pool.ts';
export { type CallResult, run } from './calls/run.ts';
export type { JournalContent, JournalFailure } from './journal/content.ts';
export { readJournal } from './journal/read-journal.ts';
export type { CallOptions, IterableOptions, MapOptions, NamedRunOptions } from './options/call-options.ts';
export type { JournalOptions } from './options/journal-option.ts';
export type { RunTaskOptions } from './options/run-task-options.ts';
export type { RetryOptions } from './options/retries.ts';
export type { PoolOptions, ResourceLimits } from './options/pool-options.ts';
export { parallelMap, parallelMapIterable } from './calls/parallel-map.ts';
export { parallelMapSettled } from './calls/parallel-map-settled.ts';
export type { Cloned, Uncloneable } from './calls/cloned.ts';
export type { Result, SentTask, Settled, StageResult, Task } from './calls/task.ts';
export { currentContext, type TaskContext } from './wire/message/current-context.ts';
export type { Progress } from './progress/progress.ts';
export type { RunSummary } from './progress/summary.ts';
export { CaptureError } from './task/definition/capture-error.ts';
export type { DeadLetter, DeadLetterSink } from './pipeline/stage/dead-letters.ts';
export { Pipeline, pipeline } from './pipeline/pipeline.ts';
export type { Fold } from './pipeline/stage/specs.ts';
export type { RunOptions, SignalOptions } from './pipeline/stage/run-options.ts';
export type { KeyedOptions, SpillOptions } from './pipeline/stage/keyed-options.ts';
export type {
  BatchOptions,
  CpuOptions,
  IoOptions,
  RateOptions,
  StageOptions,
} from './pipeline/stage/stage-options.ts';
export type { StartedRun } from './pipeline/stop/started.ts';
export type { PipelineSummary, StageSummary } from './pipeline/stage/pipeline-counts.ts';
export type { IoContext } from './pipeline/io/io-call.ts';
export type { RestartEvent, RestartOptions, SpawnOptions } from './spawn/remote/options.ts';
export type {
  Remote,
  RemoteMember,
  RemoteMembers,
  RemoteProperty,
  RemoteResult,
} from './spawn/remote/remote.ts';
export { type Spawn, spawn } from './spawn/spawn.ts';
export { importTasks } from './task/handle/import-tasks.ts';
export { perWorker } from './task/handle/per-worker.ts';
export { skip, stop } from './wire/message/outcome.ts';
export { transfer } from './wire/values/transfer.ts';
export type { CloseOptions, PoolStats, WorkerPool, WorkerState, WorkerStats } from './options/worker-pool.ts';
