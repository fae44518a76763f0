import type { SinkRun } from '../../bytes/sink.ts';
import { Letters } from '../stage/letters.ts';
import type { Spec } from '../stage/specs.ts';

/** The dead letters of a run. */
export interface RunLetters {
  /** Destinations of the dead letters of each stage: the next `onError` behind it. */
  readonly ofStages: readonly (Letters | undefined)[];
  /** All destinations of dead letters, each once. */
  readonly all: readonly Letters[];
}

/**
 * Makes the dead letters of a run.
 *
 * @param describeRun - Returns what each sink of a run with a journal is to know, by the number of the sink.
 */
export function openLetters(specs: readonly Spec[], describeRun?: (number: number) => SinkRun): RunLetters {
  const ofStages: (Letters | undefined)[] = [];
  const all: Letters[] = [];
  let next: Letters | undefined;
  for (const spec of specs.toReversed()) {
    if (spec.kind === 'onError') {
      next = new Letters(spec.sink, describeRun?.(all.length));
      all.push(next);
    }
    ofStages.unshift(next);
  }
  return { ofStages, all };
}
