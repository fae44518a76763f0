import type { SinkRun } from '../../bytes/sink.ts';
import { Letters } from '../stage/letters.ts';
import type { Spec } from '../stage/specs.ts';

/** The dead letters of a run. */
export interface RunLetters {
  /** Where those of each stage go: to the next `onError` behind it. */
  readonly ofStages: readonly (Letters | undefined)[];
  /** Each once. */
  readonly all: readonly Letters[];
}

/** @param describeRun - Of a run with a journal: what each sink is to know, by its number. */
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
