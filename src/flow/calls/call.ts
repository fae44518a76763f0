import type { AsyncContext } from '../../async/async-context.ts';
import type { CallSite } from '../../errors/call-site.ts';
import type { RetryPolicy } from '../../options/retries.ts';

/** One call of a task that waits for its outcome. */
export interface Call {
  readonly args: readonly unknown[];
  /** Bytes that the arguments take, about. */
  readonly bytes: number;
  readonly policy: RetryPolicy;
  readonly site: CallSite;
  /** Context of the caller, in which what is the caller's runs. */
  readonly context: AsyncContext;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}
