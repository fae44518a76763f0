import { endSentence } from '../../errors/describe.ts';
import type { TelarError } from '../../errors/telar-error.ts';
import { judgeCapture, mergeCaptures, type RunSummary } from '../../progress/summary.ts';

/** Summary of what a stage of a pipeline did. */
export interface StageSummary {
  readonly name: string;
  /** Place where the stage ran: on the workers, or on the event loop. */
  readonly kind: 'cpu' | 'io';
  /** Items that entered the stage. */
  readonly items: number;
  /** Items that the stage failed on in the end. */
  readonly failed: number;
  /** Tries beyond the first. */
  readonly retried: number;
}

/** The summary of a pipeline's run. */
export interface PipelineSummary extends RunSummary {
  readonly stages: readonly StageSummary[];
}

/** Counts for one stage, while the pipeline runs. */
export interface StageCount {
  readonly name: string;
  readonly kind: 'cpu' | 'io';
  items: number;
  failed: number;
  retried: number;
}

/** Counts what a pipeline does, over all its stages. */
export class PipelineCounts {
  readonly stages: StageCount[] = [];
  /** Items of the source that the first stage took; `skipped` counts those that any stage left out on purpose. */
  items = 0;
  skipped = 0;
  workers = 0;
  readonly #runs: RunSummary[] = [];
  #resumed = 0;
  #unheard = 0;
  #firstUnheard: TelarError | undefined;
  readonly #start: number = performance.now();
  #end: number | undefined;

  addStage(name: string, kind: 'cpu' | 'io'): StageCount {
    const count: StageCount = { name, kind, items: 0, failed: 0, retried: 0 };
    this.stages.push(count);
    return count;
  }

  /** Notes how many items were done in another run. */
  resume(items: number): void {
    this.#resumed = items;
    this.items = items;
  }

  get resumed(): number {
    return this.#resumed;
  }

  /** Adds what the workers did for one group of stages. */
  addRun(summary: RunSummary): void {
    this.#runs.push(summary);
  }

  /** Notes a record that could not be read, and that nobody asked for. */
  addUnheard(error: TelarError): void {
    this.#unheard++;
    this.#firstUnheard ??= error;
  }

  /** Says on stderr what would be lost in silence otherwise: Node's warning, once for each run. */
  warnOfUnheard(): void {
    if (this.#firstUnheard === undefined) return;
    const records = this.#unheard === 1 ? 'A record' : `${this.#unheard} records`;
    const warning = new Error(
      `${records} could not be read and ${this.#unheard === 1 ? 'was' : 'were'} left out; the first is ` +
        `${endSentence(this.#firstUnheard.message)} Add .onError(sink) to get them, or .onError(skip) to pass over them.`,
    );
    warning.name = 'TelarMalformedRecord';
    process.emitWarning(warning);
  }

  get failed(): number {
    return sum(this.stages, 'failed');
  }

  get elapsed(): number {
    return (this.#end ?? performance.now()) - this.#start;
  }

  end(): void {
    this.#end = performance.now();
  }

  summarise(): PipelineSummary {
    const { elapsed, stages } = this;
    const compute = sum(this.#runs, 'compute');
    const transport = sum(this.#runs, 'transport');
    const load = sum(this.#runs, 'load');
    const speedup = elapsed > 0 ? compute / elapsed : 0;
    const capture = mergeCaptures(this.#runs.flatMap((run) => run.capture ?? []));
    return {
      items: this.items,
      failed: this.failed,
      skipped: this.skipped,
      retried: sum(stages, 'retried'),
      repeated: sum(this.#runs, 'repeated'),
      resumed: this.#resumed,
      strays: sum(this.#runs, 'strays'),
      workers: this.workers,
      elapsed,
      compute,
      transport,
      load,
      capture,
      speedup,
      verdict:
        (speedup < 1.1 ? judgeCapture({ capture, load, compute }) : undefined) ??
        (compute > 5 && transport > compute
          ? `The workers spent more time on carrying items (${Math.round(transport)} ms) than on the stages ` +
            `(${Math.round(compute)} ms). Do more per item, send less, or transfer() or share large buffers.`
          : undefined),
      stages: stages.map((stage) => ({ ...stage })),
      ...sumRemote(this.#runs),
    };
  }
}

/** Sums up what happened on other machines; nothing where all was here. */
function sumRemote(runs: readonly RunSummary[]): Pick<RunSummary, 'nodes' | 'suspects' | 'healed'> {
  const remote = runs.filter(({ nodes }) => nodes !== undefined);
  if (remote.length === 0) return {};
  const add = (key: 'suspects' | 'healed'): number =>
    remote.reduce((total, run) => total + (run[key] ?? 0), 0);
  return {
    nodes: Math.max(...remote.map(({ nodes }) => nodes ?? 0)),
    suspects: add('suspects'),
    healed: add('healed'),
  };
}

function sum<K extends string>(counts: readonly Readonly<Record<K, number>>[], key: K): number {
  return counts.reduce((total, count) => total + count[key], 0);
}
