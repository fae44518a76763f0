import type { Isolation } from '../../../src/options/pool-options.ts';
import type { Act, Items, Options } from './program.ts';
import { answerOf, type Item } from './tasks.ts';

/** Outcome that one item must have. */
export type Verdict =
  /** Results of the item: one, or those of a generator. */
  | { readonly is: 'given'; readonly values: readonly unknown[]; readonly isExpanded: boolean; readonly attempts: number; readonly stops: boolean }
  | { readonly is: 'skipped' | 'stopped' }
  /** `attempts` are those that are right; more than one where it is not said. */
  | { readonly is: 'failed'; readonly error: string; readonly attempts: readonly number[] }; // prettier-ignore

export function makeItem({ payload, acts }: Items, n: number): Item {
  if (payload === 'numbers') return n;
  if (payload === 'texts' || (payload === 'mixed' && n % 3 === 1)) return String(n);
  if (payload === 'mixed' && n % 3 === 0) return n;
  return { n, name: `item ${n}`, act: acts.find(([position]) => position === n)?.[1] };
}

const errors: Readonly<Record<string, string>> = {
  throw: 'TaskError',
  reject: 'TaskError',
  exit: 'WorkerError',
  hang: 'TaskTimeoutError',
  loop: 'TaskTimeoutError',
  obey: 'TaskTimeoutError',
};

/** Whether the program ends its own call by closing the pool. */
export function isForced({ pool }: Options): boolean {
  return typeof pool === 'object' && pool.forcedAfter !== undefined;
}

/** The plain loop: what each item gives, in order. */
export function judgeAll(items: Items, options: Options, isolate: Isolation): Verdict[] {
  const acts = new Map(items.acts);
  return Array.from({ length: items.length }, (_, n) =>
    judge(acts.get(n), makeItem(items, n), options, isolate),
  );
}

/** Outcomes of tasks that make the call in turn: its failure is what they throw, and only the call is tried again. */
export function judgeNested(items: Items, options: Options, isolate: Isolation): Verdict[] {
  const acts = new Map(items.acts);
  const inner = { ...options, retryRules: false };
  return Array.from({ length: items.length }, (_, n) => {
    const act = acts.get(n);
    const ends = act !== undefined && 'until' in act && !['throw', 'reject'].includes(act.act);
    // Each of these ends the outer call, in which the inner one is at its first try again.
    if (ends) return judge({ ...act, until: 99 }, makeItem(items, n), { ...options, retries: 0 }, isolate);
    const verdict = judge(act, makeItem(items, n), inner, isolate);
    return verdict.is === 'failed' ? { is: 'failed', error: 'TaskError', attempts: [1] } : verdict;
  });
}

function judge(act: Act | undefined, item: Item, options: Options, isolate: Isolation): Verdict {
  const given = (attempts: number): Verdict => ({
    is: 'given', values: [answerOf(item)], isExpanded: false, attempts, stops: false,
  }); // prettier-ignore
  if (act === undefined) return given(1);
  switch (act.act) {
    case 'give':
    case 'later':
    case 'stray':
      return given(1);
    case 'skip':
      return { is: 'skipped' };
    case 'stop':
      return { is: 'stopped' };
    case 'uncloneable':
      return { is: 'failed', error: 'CloneError', attempts: [1] };
    case 'yield': {
      if (act.end === 'throw') return { is: 'failed', error: 'TaskError', attempts: [options.retries + 1] };
      const { n } = { n: typeof item === 'object' ? item.n : Number(item) };
      const values = Array.from({ length: act.count }, (_, at) => [n, at]);
      return { is: 'given', values, isExpanded: true, attempts: 1, stops: act.end === 'stop' };
    }
    default: {
      const error = errors[act.act] as string;
      const tries = options.retryRules && error !== 'TaskError' ? 1 : options.retries + 1;
      if (act.until <= tries) return given(act.until);
      if (error !== 'WorkerError' || isolate !== 'suspects')
        return { is: 'failed', error, attempts: [tries] };
      // Tried once more, in a process.
      return act.until <= tries + 1 ? given(tries + 1) : { is: 'failed', error, attempts: [tries + 1] };
    }
  }
}
