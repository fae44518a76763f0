/** The process of one contender: opens it, and does what it is asked. Argument: a `ChildPlan` in JSON. */
import type { TimedCase } from '../../cases/timed.ts';
import { takeShare } from '../contender.ts';
import { timeOnce } from '../time-once.ts';
import { digest } from './digest.ts';
import type { Answers, Ask, ChildPlan, Reply } from './messages.ts';

type AnyCase = TimedCase<readonly unknown[], unknown>;

const plan = JSON.parse(process.argv[2] ?? '') as ChildPlan;
const exported = Object.values((await import(plan.module)) as Record<string, unknown>) as Partial<AnyCase>[];
const found = exported.find((one) => one.name === plan.case) as AnyCase;
const contender = found.contenders.find(({ name }) => name === plan.contender);
if (contender === undefined) throw new RangeError(`${plan.case} has no contender ${plan.contender}.`);

const input = takeShare(found.makeInput(plan.turns, plan.part), contender.share);
const { prepare = (same: typeof input) => same, run } = await contender.open();
let kept: readonly unknown[] = [];

const answers: { [Kind in Ask['kind']]: (ask: Extract<Ask, { kind: Kind }>) => Promise<Answers[Kind]> } = {
  warm: async () => {
    kept = await run(prepare(input));
    return kept.length;
  },
  digest: async ({ count }) => digest(kept, count),
  show: async ({ at }) => JSON.stringify(kept[at]),
  run: async () => {
    kept = [];
    const given = prepare(input);
    return timeOnce(plan.contender, () => run(given));
  },
};

process.on('message', (ask: Ask) => {
  const answer = answers[ask.kind] as (asked: Ask) => Promise<unknown>;
  const reply = (said: Reply): void => {
    process.send?.(said);
  };
  answer(ask).then(
    (value) => reply({ value }),
    (error: unknown) =>
      reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ value: input.length } satisfies Reply);
