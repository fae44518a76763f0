/** A program of worker_threads for one loop over shared memory, and nothing else: threads claim blocks of it. */
import { parentPort } from 'node:worker_threads';

export interface IntoWork {
  readonly kind: 'waves' | 'line';
  readonly source: Float64Array<SharedArrayBuffer>;
  readonly target: Float64Array<SharedArrayBuffer>;
  /** The next block that nobody has claimed. */
  readonly next: Int32Array<SharedArrayBuffer>;
  readonly size: number;
}

const loops = {
  waves(source: Float64Array, target: Float64Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const x = source[at] as number;
      target[at] = Math.sin(x) * Math.exp(-x);
    }
  },
  line(source: Float64Array, target: Float64Array, from: number, to: number): void {
    for (let at = from; at < to; at++) target[at] = (source[at] as number) * 2 + 1;
  },
};

parentPort?.on('message', ({ kind, source, target, next, size }: IntoWork) => {
  const loop = loops[kind];
  for (;;) {
    const from = Atomics.add(next, 0, 1) * size;
    if (from >= source.length) break;
    loop(source, target, from, Math.min(from + size, source.length));
  }
  parentPort?.postMessage('done');
});
