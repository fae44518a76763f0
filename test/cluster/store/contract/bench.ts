import assert from 'node:assert/strict';
import type { Broker } from '../../../../src/cluster/store/broker.ts';
import type { Lease, NewChunk } from '../../../../src/cluster/store/store.ts';

/** Tools that the tests of a store work with. */
export interface Bench {
  /** Broker that is open during the tests. */
  readonly broker: Broker;
  /** Opens the broker once more, with connections of its own. */
  open(): Promise<Broker>;
  /** Ends the lease of a run, as time does. */
  lapse(run: string): Promise<void>;
  /** Returns the name of a run that nobody has. */
  newRun(): string;
  /** Opens a run. */
  openRun(run: string, caller?: string, head?: string): Promise<Lease & { readonly next: number }>;
}

/** Milliseconds that runs of tests stay. */
export const KEEP = 60_000;

let count = 0;

export function createBench(getBroker: () => Broker, given: Pick<Bench, 'open' | 'lapse'>): Bench {
  return {
    ...given,
    get broker() {
      return getBroker();
    },
    newRun: () => `run-${process.pid}-${count++}`,
    openRun: async (run, caller = 'a', head = 'head') => {
      const opened = await getBroker().runs.open(run, { caller, head, keep: KEEP });
      assert.equal(opened.kind, 'opened');
      return { epoch: opened.epoch, next: opened.next, caller, keep: KEEP };
    },
  };
}

export function chunk(number: number, input = `input ${number}`): NewChunk {
  return { number, meta: `{"first":${number}}`, input: Buffer.from(input) };
}
