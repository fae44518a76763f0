import type { Collected } from '../../wire/message/payload.ts';
import { type Flow } from '../flows/flow.ts';
import type { Tracker } from '../position/tracker.ts';
import type { DeadLetters } from '../stage/dead-letters.ts';
import type { Spec } from '../stage/specs.ts';
import type { Collect } from '../cpu/collect.ts';
import type { OpenedInput } from './open-input.ts';

/** Form of what the last stage is to give: portions of values, of bytes, or of folded states. */
export type EndForm = Extract<Collect, { kind: 'values' | 'bytes' | 'count' | 'reduce' | 'topK' }>;

/** Parts from which a pipeline is put together. */
export interface Parts {
  readonly input: OpenedInput;
  readonly specs: readonly Spec[];
  /** Destinations of the dead letters of each stage. */
  readonly letters: readonly (DeadLetters | undefined)[];
  readonly end: EndForm;
  readonly tracker: Tracker;
}

/** A pipeline that has been put together and not yet begun. */
export interface Composed {
  readonly flow: Flow<Collected>;
  /** Resolves when all functions were captured; rejects when one cannot be. */
  readonly defined: Promise<unknown>;
  /** Number of items that the source has, where that is known. */
  readonly total: number | undefined;
  /** Takes no more from the source; what was taken goes on to its end. */
  readonly stop: () => void;
  /** Tells whether the source was stopped before it had ended. */
  readonly isCut: () => boolean;
}
