import { StopSwitch } from './stop-switch.ts';
import { PipelineCounts, type PipelineSummary } from '../stage/pipeline-counts.ts';
import { nameDisposal } from '../../realm/disposal.ts';

/** A run that was started, and goes on by itself. */
export interface StartedRun {
  /**
   * Ends the run in order: the source is closed, what was taken of it goes on to the sink, then the sink and the
   * journal are closed. With a journal the same run, started again, goes on behind that, and a file of the sink is
   * there meanwhile. Gives `done`.
   */
  stop(): Promise<PipelineSummary>;
  /** Summarises what the run has done so far. */
  stats(): PipelineSummary;
  /**
   * Resolves to the summary when the run has ended, and rejects as `.run()` does; unheard, it never ends the program.
   */
  readonly done: Promise<PipelineSummary>;
  /** Calls `stop`, then waits for `done`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Objects that the one who starts a run shares with it. */
export interface StartedJob {
  readonly stopSwitch: StopSwitch;
  readonly counts: PipelineCounts;
}

/**
 * Starts a run.
 *
 * @param begin - Runs the pipeline to its end.
 */
export function startRun(begin: (job: StartedJob) => Promise<PipelineSummary>): StartedRun {
  const job = { stopSwitch: new StopSwitch(), counts: new PipelineCounts() };
  const done = begin(job);
  // The rejection is silenced on purpose: whoever wants to know of it asks for `done`.
  done.catch(() => {});
  const stop = (): Promise<PipelineSummary> => {
    job.stopSwitch.turnOff();
    return done;
  };
  const started: StartedRun = {
    stop,
    stats: () => job.counts.summarise(),
    done,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
  nameDisposal(started, 'asyncDispose');
  return started;
}
