/// <reference lib="esnext.disposable" />
export { ChannelClosedError, LockLostError } from './errors.ts';
export type { ElementOf, Elements } from './into/elements.ts';
export { parallelMapInto } from './into/parallel-map-into.ts';
export { parallelReduce, type Reduction } from './into/parallel-reduce.ts';
export { parallelSort } from './into/parallel-sort.ts';
export type { IntoOptions } from './into/run-blocks.ts';
export { AtomicCounter } from './memory/atomic-counter.ts';
export { Channel, type ChannelOptions } from './memory/channel/channel.ts';
export type { Hold } from './memory/lock/hold.ts';
export { Mutex, type WaitOptions } from './memory/lock/mutex.ts';
export { Semaphore } from './memory/lock/semaphore.ts';
export { share, type Shared, type SharedPart } from './memory/share/share.ts';
export type { SharedMap } from './memory/share/shared-map.ts';
export type { SharedSet } from './memory/share/shared-set.ts';
export type { SharedText } from './memory/share/shared-text.ts';
