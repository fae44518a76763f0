import type { Packed } from '../pack/pack.ts';
import type { KeyBlock } from './key-table.ts';

/** States that a chunk was folded into, by key. */
export interface Keyed {
  /** Keys that are texts. */
  readonly keys: KeyBlock;
  /** All other keys; `undefined` where there are none. */
  readonly others: OtherKeys | undefined;
  /** The value of each text, and behind these the value of each other key; `undefined` where only keys count. */
  readonly values: Packed | undefined;
}

/** Keys that are no texts: numbers, truth values, nothing; and texts that have no form in UTF-8. */
export interface OtherKeys {
  readonly keys: readonly unknown[];
  /** Number of texts that came before each of them. */
  readonly before: readonly number[];
}
