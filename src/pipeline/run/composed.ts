import type { Collected } from '../../wire/message/payload.ts';
import { type Flow } from '../flows/flow.ts';
import type { Tracker } from '../position/tracker.ts';
import type { Letters } from '../stage/letters.ts';
import type { Spec } from '../stage/specs.ts';
import type { Collect } from '../cpu/define.ts';
import type { OpenedInput } from './open-input.ts';

/** What the last stage is to give: portions of values, of bytes, or of folded states. */
export type EndForm = Extract<Collect, { kind: 'values' | 'bytes' | 'count' | 'reduce' | 'topK' }>;

/** What a pipeline is put together from. */
export interface Parts {
  readonly input: OpenedInput;
  readonly specs: readonly Spec[];
  /** Where the dead letters of each stage go. */
  readonly letters: readonly (Letters | undefined)[];
  readonly end: EndForm;
  readonly tracker: Tracker;
}

/** A pipeline that has been put together and not yet begun. */
export interface Composed {
  readonly flow: Flow<Collected>;
  /** Resolves when all functions were captured; rejects when one cannot be. */
  readonly defined: Promise<unknown>;
  /** How many items the source has, where that is known. */
  readonly total: number | undefined;
  /** Takes no more from the source; what was taken goes on to its end. */
  readonly stop: () => void;
  /** Whether that was before the source had ended. */
  readonly isCut: () => boolean;
}
