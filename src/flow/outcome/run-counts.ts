import { type CaptureSummary, judge, type RemoteCounts, type RunSummary } from '../../progress/summary.ts';
import type { Strays } from '../work/work.ts';
import { RunTimes } from './run-times.ts';

/** Counts the items of a run by outcome, and the time that they took. */
export class RunCounts {
  items = 0;
  failed = 0;
  skipped = 0;
  retried = 0;
  repeated = 0;
  resumed = 0;
  /** Errors that items have left behind, which are counted elsewhere: also once the run is over. */
  readonly strays: Strays;
  readonly times: RunTimes = new RunTimes();

  constructor(strays: Strays) {
    this.strays = strays;
  }

  /** @param remote - Counts of a run on other machines. */
  summarise(workers: number, capture?: CaptureSummary, remote?: RemoteCounts): RunSummary {
    const { items, failed, skipped, retried, resumed } = this;
    const { elapsed, compute, transport, load } = this.times;
    const repeated = this.repeated + (remote?.repeated ?? 0);
    const counted = {
      items,
      failed,
      skipped,
      retried,
      repeated,
      resumed,
      strays: this.strays.count,
      workers,
      elapsed,
      compute,
      transport,
      load,
      capture,
      speedup: elapsed > 0 ? compute / elapsed : 0,
    };
    const summary = { ...counted, verdict: judge(counted) };
    if (remote === undefined) return summary;
    const { nodes, suspects, healed } = remote;
    return { ...summary, nodes, suspects, healed };
  }
}
