import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bench } from 'tinybench';
import { cores } from '../report/machine.ts';
import { cpuTime, machineTime } from './cpu-time.ts';
import { readPeak } from './peak.ts';

/** Measurements of one run. */
export interface Sample {
  /** Milliseconds from the call to the last result. */
  readonly time: number;
  /** Milliseconds of CPU, user and system, of all threads. */
  readonly cpu: number;
  /** The share of the machine that other processes took meanwhile. */
  readonly disturbance: number;
  /** Delay of the event loop, in ms: the 99th percentile. */
  readonly delay: number;
  /** The most bytes that the process held. */
  readonly peak: number;
}

/** Below this many ms a run is too short to say how much others took. */
const SHORT = 100;
/**
 * Milliseconds between two looks at the event loop's delay. Node's histogram holds this interval and the delay
 * together.
 */
const RESOLUTION = 1;

/** Times one run of this process by tinybench, with what else it took. */
export async function timeOnce(name: string, run: () => unknown): Promise<Sample> {
  const bench = new Bench({ iterations: 1, time: 0, warmup: false, throws: true, retainSamples: true });
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
  let cpu = 0;
  let machine = 0;
  bench.add(
    name,
    async () => {
      await run();
    },
    {
      async: true,
      beforeEach: async () => {
        resetPeak();
        delays.enable();
        // The first turn only starts its clock.
        await sleep(2 * RESOLUTION);
        machine = machineTime();
        cpu = cpuTime();
      },
      afterEach: async () => {
        cpu = cpuTime() - cpu;
        machine = machineTime() - machine - cpu;
        // A delay is noted when the loop turns again.
        await sleep(2 * RESOLUTION);
        delays.disable();
      },
    },
  );
  const [task] = await bench.run();
  const result = task?.result;
  const time =
    result !== undefined && 'latency' in result ? (result.latency.samples?.[0] ?? Number.NaN) : Number.NaN;
  return {
    time,
    cpu,
    // The machine's clock is too coarse for a short run.
    disturbance: time < SHORT ? 0 : Math.max(0, machine) / (time * cores),
    delay: Math.max(0, delays.percentile(99) / 1e6 - RESOLUTION),
    peak: readPeak(),
  };
}

/** Lets the peak begin anew with what is held now, where the system can do that. */
function resetPeak(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Not allowed here: the peak is then that of the whole process.
  }
}
