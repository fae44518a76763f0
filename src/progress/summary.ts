/** Summary of a run: what it did, and whether it paid. */
export interface RunSummary {
  /** Items that have an outcome. */
  readonly items: number;
  /** Items that failed in the end, after all tries. */
  readonly failed: number;
  /** Items that returned or yielded `skip`. */
  readonly skipped: number;
  /** Tries beyond the first, over all items. */
  readonly retried: number;
  /** Items that ran again because their worker died after it had run them, before it could report them. */
  readonly repeated: number;
  /** Items whose outcome an earlier run had kept in the journal. */
  readonly resumed: number;
  /**
   * Number of things that tasks left behind: throws of forgotten timers, rejections that nobody awaited, workers that
   * were held up.
   */
  readonly strays: number;
  /** The most workers that the run could use. */
  readonly workers: number;
  /** Milliseconds from the call to its end. */
  readonly elapsed: number;
  /** Milliseconds inside the task, over all workers. */
  readonly compute: number;
  /** Milliseconds that workers held items without running them: encoding, waiting for the main thread, decoding. */
  readonly transport: number;
  /** Milliseconds that workers took to load the task. */
  readonly load: number;
  /**
   * Size and time of what the task captures, all functions of the call together; `undefined` if it captures nothing.
   */
  readonly capture: CaptureSummary | undefined;
  /** `compute` divided by `elapsed`: how much faster than one thread that does nothing but the task. */
  readonly speedup: number;
  /** Sentence that says why parallelism did not pay; `undefined` when it did. */
  readonly verdict: string | undefined;
  /** Nodes that have run something of a run on a cluster. */
  readonly nodes?: number | undefined;
  /** Chunks of a run on a cluster that were begun again, since whoever had begun them did not commit them. */
  readonly suspects?: number | undefined;
  /** Chunks of a run on a cluster that were put into the broker, or asked for, once more, since it had lost them. */
  readonly healed?: number | undefined;
}

/** Counts of a run on other machines. */
export interface RemoteCounts {
  readonly nodes: number;
  /** Items that ran again, at most: those of suspects that had no outcome when they were begun again. */
  readonly repeated: number;
  readonly suspects: number;
  readonly healed: number;
}

/** Size and time of what tasks that are no exports bring along. */
export interface CaptureSummary {
  /** Bytes of the tasks' text and of the values that the tasks use, which every worker makes again. */
  readonly bytes: number;
  /**
   * Milliseconds of the main thread to find and copy that text and those values. The time of the workers is a part of
   * `load`.
   */
  readonly ms: number;
  /** Name of the variable that holds most of the bytes. */
  readonly largest: string | undefined;
}

/** Sums up what several tasks bring along together. */
export function mergeCaptures(captures: readonly CaptureSummary[]): CaptureSummary | undefined {
  if (captures.length === 0) return undefined;
  const [first] = captures.toSorted((left, right) => right.bytes - left.bytes);
  return {
    bytes: captures.reduce((total, { bytes }) => total + bytes, 0),
    ms: captures.reduce((total, { ms }) => total + ms, 0),
    largest: first?.largest,
  };
}

/** Bytes below which captures are not worth a word. */
const LEAST_CAPTURE = 100_000;

/** Returns a sentence for a run that has spent more time on copying what its task captures than on the task. */
export function judgeCapture({
  capture,
  load,
  compute,
}: Pick<RunSummary, 'capture' | 'load' | 'compute'>): string | undefined {
  if (capture === undefined || capture.bytes < LEAST_CAPTURE || capture.ms + load <= compute)
    return undefined;
  const size = `${(capture.bytes / 1e6).toFixed(1)} MB`;
  const most = capture.largest === undefined ? '' : `, most of it \`${capture.largest}\``;
  return (
    `Parallelism did not pay: to copy what the task captures (${size}${most}) took ${Math.round(capture.ms)} ms here and ` +
    `${Math.round(load)} ms in the workers, and its work ${compute.toFixed(1)} ms. Have it in memory that all see, with share() ` +
    `of telar/memory, or in a module that the task imports, or pass what an item needs of it with the item.`
  );
}

/** Milliseconds below which there is too little work to judge. */
const LEAST_ELAPSED = 5;

/** Returns a sentence for a run that was no faster than a loop would have been. */
export function judge(run: Omit<RunSummary, 'verdict'>): string | undefined {
  if (run.items === 0 || run.speedup >= 1.1) return undefined;
  const ofCapture = judgeCapture(run);
  if (ofCapture !== undefined) return ofCapture;
  const microseconds = ((run.compute / run.items) * 1000).toPrecision(2);
  if (run.elapsed < LEAST_ELAPSED || run.compute < LEAST_ELAPSED) {
    return `Parallelism did not pay: all items together took ${run.compute.toFixed(1)} ms of work. A plain loop is as fast.`;
  }
  if (run.workers === 1) {
    return 'Parallelism did not pay: there was one worker. It kept the main thread free, but was no faster.';
  }
  if (run.transport > run.compute) {
    return (
      `Parallelism did not pay: ${Math.round((100 * run.transport) / (run.transport + run.compute))} % of the workers' time ` +
      `went to carrying items of ${microseconds} µs. Do more per item, send less, or transfer() or share large buffers.`
    );
  }
  if (run.load > run.compute) {
    return `Parallelism did not pay: loading the task took ${Math.round(run.load)} ms, its work ${Math.round(run.compute)} ms.`;
  }
  return (
    `Parallelism did not pay: the workers were idle for most of the ${Math.round(run.elapsed)} ms. ` +
    'The source, or the reader, is slower than they are, or one item took most of the time.'
  );
}
