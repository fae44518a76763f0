/// <reference lib="esnext.disposable" />
/// <reference types="node" preserve="true" />
export { ChannelClosedError } from '../shared/channel/channel-closed-error.ts';
export { LockLostError } from '../shared/sync/lock-lost-error.ts';
export type { ElementOf, Elements } from '../into/blocks/elements.ts';
export { parallelMapInto } from '../into/parallel-map-into.ts';
export { parallelReduce, type Reduction } from '../into/parallel-reduce.ts';
export { parallelSort } from '../into/parallel-sort.ts';
export type { IntoOptions } from '../into/run-blocks.ts';
export { AtomicCounter } from '../shared/sync/atomic-counter.ts';
export { Channel, type ChannelOptions } from '../shared/channel/channel.ts';
export type { Hold } from '../shared/sync/hold.ts';
export { Mutex, type WaitOptions } from '../shared/sync/mutex.ts';
export { Semaphore } from '../shared/sync/semaphore.ts';
export { share, type Shared, type SharedPart } from '../shared/share.ts';
export type { SharedMap } from '../shared/read/shared-map.ts';
export type { SharedSet } from '../shared/read/shared-set.ts';
export type { SharedText } from '../shared/read/shared-text.ts';
