import type { Role } from '../report/measured.ts';

/** One way to do the work of a case. It runs in a process of its own. */
export interface Contender<Input, Output> {
  readonly name: string;
  readonly role: Role;
  /**
   * The part of the items that it is given, so that a slow contender does not take minutes; its limit shrinks alike.
   * `@defaultValue` 1
   */
  readonly share?: number;
  /** Why it cannot run here. */
  readonly missing?: string | undefined;
  readonly open: () => Promise<Running<Input, Output>> | Running<Input, Output>;
}

/** A contender whose pool is open. It ends with its process. */
export interface Running<Input, Output> {
  /** Makes the input of one run from that of the case, not timed. `@defaultValue` that itself */
  readonly prepare?: (input: Input) => Input;
  /** The results, in the order of the items. */
  readonly run: (input: Input) => Promise<readonly Output[]> | readonly Output[];
}

/** Takes the share of the items that a contender is given, from the first. */
export function takeShare<Input extends ArrayLike<unknown>>(input: Input, share = 1): Input {
  if (share === 1) return input;
  return Array.prototype.slice.call(input, 0, countShare(input.length, share)) as unknown as Input;
}

export function countShare(length: number, share = 1): number {
  return Math.max(1, Math.round(length * share));
}
