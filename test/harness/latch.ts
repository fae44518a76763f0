import { setTimeout as sleep } from 'node:timers/promises';

const ARRIVED = 0;
const OPEN = 1;

/** A gate in shared memory: tasks arrive and wait until the test opens it. */
export class Latch {
  /** Cells that tasks are given: how many have arrived, and whether they may pass. */
  readonly cells: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(8));

  get arrived(): number {
    return Atomics.load(this.cells, ARRIVED);
  }

  async awaitArrivals(count: number): Promise<void> {
    await until(() => this.arrived >= count);
  }

  open(): void {
    Atomics.store(this.cells, OPEN, 1);
    Atomics.notify(this.cells, OPEN);
  }
}

/** Waits until something holds, however long it takes: the runner's time limit names the test that hangs. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(1);
}
