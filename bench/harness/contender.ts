/** One way to do the work of a case. */
export interface Contender<Input, Output> {
  readonly name: string;
  /**
   * The part of the items that it is given, so that a slow contender does not take minutes; its limit shrinks alike.
   * `@defaultValue` 1
   */
  readonly share?: number;
  /** Makes the input of one run, not timed. `@defaultValue` the input of the case, the same in all runs */
  readonly prepare?: () => Input;
  /** The results, in the order of the items. */
  readonly run: (input: Input) => Promise<readonly Output[]> | readonly Output[];
}

/** One question: the same work, done in different ways. The first contender is the plain loop. */
export interface Comparison<Input extends ArrayLike<unknown>, Output> {
  readonly input: Input;
  readonly contenders: readonly [Contender<Input, Output>, ...Contender<Input, Output>[]];
  /** Ends all pools. */
  readonly close: () => Promise<void>;
}

/** What a contender is given: its share of the items, from the first. */
export function prepareInput<Input extends ArrayLike<unknown>, Output>(
  { input }: Comparison<Input, Output>,
  { prepare, share = 1 }: Contender<Input, Output>,
): Input {
  if (prepare !== undefined) return prepare();
  if (share === 1) return input;
  const count = countShare(input, share);
  return Array.prototype.slice.call(input, 0, count) as unknown as Input;
}

export function countShare(input: ArrayLike<unknown>, share = 1): number {
  return Math.max(1, Math.round(input.length * share));
}
