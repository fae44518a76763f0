import { endSentence } from '../../errors/describe.ts';
import { decodeThrown } from '../values/error.ts';
import type { RequestOutcome } from './protocol.ts';

/** Returns the value of an outcome, or throws what was thrown. For requests of an object to its caller. */
export function readOutcome(outcome: RequestOutcome, what: string): unknown {
  switch (outcome.kind) {
    case 'value':
      return outcome.value;
    case 'thrown':
      throw decodeThrown(outcome.thrown);
    case 'uncloneable':
      throw new TypeError(
        `The result of the ${what} cannot be cloned: ${outcome.path}: ${endSentence(outcome.reason)}`,
      );
    case 'unsent':
      throw outcome.thrown;
    case 'gone':
      throw new Error(`The caller of the ${what} is gone.`);
    case 'stream':
    case 'step':
    case 'aborted':
      throw new TypeError(`The ${what} answered with a ${outcome.kind}.`);
  }
}

export function readStep(outcome: RequestOutcome): IteratorResult<unknown, unknown> {
  if (outcome.kind !== 'step') return { done: false, value: readOutcome(outcome, 'iterator') };
  const { done, value } = outcome;
  return { done, value };
}
