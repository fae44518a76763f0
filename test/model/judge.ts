import { isDeepStrictEqual } from 'node:util';
import { ItemError, WorkerError } from '../../src/index.ts';
import { REASON } from './calls/call.ts';
import type { Verdict } from './programs/expected.ts';
import { SourceError } from './programs/source.ts';
import type { Watch } from './watch.ts';

/** Results that a call has to give, from its items and its source. */
export interface Expected {
  /** Verdicts on all items that the source gives. */
  readonly verdicts: readonly Verdict[];
  /** The first item that says `stop`, in place of all behind it. */
  readonly halt: number;
  /** The first item that fails, before that. */
  readonly firstFailure: number;
  readonly sourceFails: boolean;
  /** A stream that fails forgets what it had read ahead. */
  readonly forgets: boolean;
  readonly canAbort: boolean;
  /** Whether the pool of the program may be closed by force while the program runs. */
  readonly canBeClosed: boolean;
}

/** The end of a call. */
export type End =
  | { readonly is: 'done' }
  | { readonly is: 'left' }
  | { readonly is: 'failed'; readonly reason: unknown };

export function expect(
  verdicts: readonly Verdict[],
  others: Pick<Expected, 'sourceFails' | 'forgets' | 'canAbort' | 'canBeClosed'>,
): Expected {
  const find = (matches: (verdict: Verdict) => boolean): number => {
    const found = verdicts.findIndex(matches);
    return found === -1 ? Infinity : found;
  };
  const halt = find((verdict) => verdict.is === 'stopped' || (verdict.is === 'given' && verdict.stops));
  const failure = find(({ is }) => is === 'failed');
  return { verdicts, halt, firstFailure: failure < halt ? failure : Infinity, ...others };
}

/** Gives the results of the items before `end`, or of those before a `stop`, when there is one. */
export function valuesBefore({ verdicts, halt }: Expected, end: number = Infinity): unknown[] {
  return verdicts
    .slice(0, Math.min(end, halt + 1))
    .flatMap((verdict) => (verdict.is === 'given' ? verdict.values : []));
}

/** Judges results that come in order, and what they ended with. `inTurn`: a failure comes behind what is before it. */
export function judgeOrdered(
  watch: Watch,
  expected: Expected,
  results: readonly unknown[],
  end: End,
  inTurn: boolean,
): void {
  const { firstFailure, halt, sourceFails } = expected;
  const all = valuesBefore(expected, firstFailure);
  if (!isDeepStrictEqual(results, all.slice(0, results.length)))
    watch.report(`gave ${show(results)} instead of ${show(all)}`);
  const isWhole = results.length >= all.length;
  if (end.is === 'left') return;
  if (end.is === 'done') {
    if (!isWhole) watch.report(`ended with ${results.length} of ${all.length} results`);
    if (firstFailure !== Infinity) watch.report(`ended well, though item ${firstFailure} fails`);
    else if (sourceFails && halt === Infinity) watch.report('ended well, though its source fails');
    return;
  }
  const failed = judgeReason(watch, expected, end.reason);
  if (!inTurn || failed === undefined) return;
  if (failed === 'source' ? expected.forgets : false) return;
  const due = failed === 'source' ? Infinity : firstFailure;
  if (failed !== due && failed !== 'source')
    watch.report(`failed with item ${failed}, before ${firstFailure}`);
  if (!isWhole) watch.report(`failed after ${results.length} of ${all.length} results`);
}

/** Judges results in any order. */
export function judgeLoose(watch: Watch, expected: Expected, results: readonly unknown[], end: End): void {
  const { verdicts, halt, sourceFails } = expected;
  const left = new Map<string, number>();
  const values = verdicts.flatMap((verdict) => (verdict.is === 'given' ? verdict.values : []));
  for (const value of values) left.set(show(value), (left.get(show(value)) ?? 0) + 1);
  for (const result of results) {
    const count = left.get(show(result)) ?? 0;
    if (count === 0) watch.report(`gave ${show(result)}, which is nobody's or was given before`);
    left.set(show(result), count - 1);
  }
  if (end.is === 'failed') judgeReason(watch, expected, end.reason);
  else if (end.is === 'done' && halt === Infinity) {
    if (results.length !== values.length) watch.report(`gave ${results.length} of ${values.length} results`);
    if (sourceFails || verdicts.some(({ is }) => is === 'failed'))
      watch.report('ended well, though something failed');
  }
}

/** Judges what a call rejected with. Gives the position of the item, or what else it was; `undefined` for an abort. */
export function judgeReason(
  watch: Watch,
  expected: Expected,
  reason: unknown,
): number | 'source' | undefined {
  if (reason === REASON) {
    if (!expected.canAbort) watch.report('was aborted, by nobody');
    return undefined;
  }
  if (reason instanceof SourceError) {
    if (!expected.sourceFails) watch.report('failed with an error of its source, which has none');
    return 'source';
  }
  if (reason instanceof WorkerError && reason.reason === 'closed') {
    if (!expected.canBeClosed) watch.report('was closed, by nobody');
    return undefined;
  }
  if (!(reason instanceof ItemError)) {
    watch.report(`rejected with ${describe(reason)}`);
    return undefined;
  }
  judgeError(watch, expected.verdicts[reason.index], reason);
  return reason.index;
}

/** Judges the error of an item. */
export function judgeError(watch: Watch, verdict: Verdict | undefined, error: ItemError): void {
  const { name, attempts, index } = error;
  if (verdict?.is !== 'failed')
    watch.report(`item ${index} failed, though it is ${verdict?.is}: ${describe(error)}`);
  else if (verdict.error !== name) watch.report(`item ${index} has no ${verdict.error}: ${describe(error)}`);
  else if (!verdict.attempts.includes(attempts))
    watch.report(`item ${index} failed after ${attempts} tries instead of ${verdict.attempts.join(' or ')}`);
  else if (name === 'TaskError' && (error.cause as Error | undefined)?.message !== `fault of ${index}`)
    watch.report(`item ${index} has another's cause: ${describe(error.cause)}`);
}

export function describe(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : show(thrown);
}

export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
