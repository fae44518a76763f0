import type { SinkRun } from '../../bytes/sink.ts';
import { DeadLetters } from '../stage/dead-letters.ts';
import type { Spec } from '../stage/specs.ts';

/** The dead letters of a run. */
export interface RunDeadLetters {
  /** Destinations of the dead letters of each stage: the next `onError` behind it. */
  readonly ofStages: readonly (DeadLetters | undefined)[];
  /** All destinations of dead letters, each once. */
  readonly all: readonly DeadLetters[];
}

/**
 * Makes the dead letters of a run.
 *
 * @param describeRun - Returns what each sink of a run with a journal is to know, by the number of the sink.
 */
export function openDeadLetters(
  specs: readonly Spec[],
  describeRun?: (number: number) => SinkRun,
): RunDeadLetters {
  const ofStages: (DeadLetters | undefined)[] = [];
  const all: DeadLetters[] = [];
  let next: DeadLetters | undefined;
  for (const spec of specs.toReversed()) {
    if (spec.kind === 'onError') {
      next = new DeadLetters(spec.sink, describeRun?.(all.length));
      all.push(next);
    }
    ofStages.unshift(next);
  }
  return { ofStages, all };
}
