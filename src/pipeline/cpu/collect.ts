import type { EncodedFormat } from '../../bytes/format.ts';
import type { FoldSpec } from '../stage/specs.ts';

/** Form of what a group of stages gives: values, bytes, or a state that was folded on the workers. */
export type Collect =
  | { readonly kind: 'values' }
  | {
      readonly kind: 'bytes';
      readonly format: EncodedFormat;
      /** Whether nobody reads a portion any more when the next is asked for. `@defaultValue` false */
      readonly freesBytes?: boolean | undefined;
    }
  | { readonly kind: 'count' }
  | { readonly kind: 'reduce'; readonly fold: FoldSpec }
  | { readonly kind: 'groupBy'; readonly key: Function; readonly fold: FoldSpec }
  | { readonly kind: 'topK'; readonly count: number; readonly by: Function }
  | {
      readonly kind: 'distinct';
      readonly by: Function | undefined;
      /** Whether only the number of items counts. */
      readonly isCounted: boolean;
    };
