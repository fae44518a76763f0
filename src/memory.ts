/// <reference lib="esnext.disposable" />
export type { ElementOf, Elements } from './into/elements.ts';
export { parallelMapInto } from './into/parallel-map-into.ts';
export { parallelReduce, type Reduction } from './into/parallel-reduce.ts';
export { parallelSort } from './into/parallel-sort.ts';
export type { IntoOptions } from './into/run-blocks.ts';
