import { initEngine, isPostgres } from '../cluster/engine/engine.ts';
import { describeConnection, openCheckedBroker, resolveConnection } from '../cluster/connect/open-broker.ts';
import { initSchema } from '../cluster/store/postgres/schema.ts';
import { describeStatus } from '../cluster/status/describe-status.ts';
import { readStatus } from '../cluster/status/status.ts';
import { assertName } from '../options/check.ts';
import { describeVerb } from './help.ts';
import { UsageError } from './usage-error.ts';
import { type Flags, readArgs, textOf, type Values, type Verb } from './verb.ts';

const SUMMARY = 'Prepares a broker, shows what runs on it, or forgets a run.';

const flags: Flags = {
  connection: {
    type: 'string',
    value: 'url',
    says: 'broker: redis://, rediss:// or postgres:// [TELAR_BROKER]',
  },
  queue: {
    type: 'string',
    value: 'name',
    says: "name that callers and nodes share ['default'; of status: all]",
  },
  json: { type: 'boolean', says: 'shows the status as JSON' },
  help: { type: 'boolean', says: 'says this' },
};

const usage = 'cluster init | status | forget <run> [options]';

/** Defines `telar cluster`, the command of operators. */
export const clusterVerb: Verb = {
  name: 'cluster',
  summary: SUMMARY,
  async run(args) {
    const { values, positionals } = readArgs(args, flags, true);
    const [action, ...rest] = positionals;
    if (values['help'] === true || action === undefined) {
      process.stdout.write(describeVerb(usage, SUMMARY, flags));
      return action === undefined && values['help'] !== true ? 2 : 0;
    }
    const { run, takes } = findAction(action);
    assertTaken(action, takes, values, rest);
    const queue = textOf(values, 'queue');
    if (queue !== undefined) assertName(queue, 'queue');
    return await run({
      connection: resolveConnection(textOf(values, 'connection')),
      queue,
      values,
      names: rest,
    });
  },
};

/** Arguments of an action. */
interface Call {
  readonly connection: string;
  readonly queue: string | undefined;
  readonly values: Values;
  readonly names: readonly string[];
}

interface Action {
  /** Options that the action goes by, beside those of every action; `run` is the name of a run. */
  readonly takes: readonly ('queue' | 'json' | 'run')[];
  /** Runs the action, and returns the exit code. */
  readonly run: (call: Call) => Promise<number>;
}

const actions: Readonly<Record<string, Action>> = {
  init: { takes: [], run: init },
  status: { takes: ['queue', 'json'], run: showStatus },
  forget: { takes: ['queue', 'run'], run: forget },
};

function findAction(name: string): Action {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) throw new UsageError(`There is no 'cluster ${name}'. Usage: telar ${usage}`);
  return action;
}

/** Refuses what an action would not go by. */
function assertTaken(name: string, takes: Action['takes'], values: Values, names: readonly string[]): void {
  for (const option of ['queue', 'json'] as const) {
    if (values[option] !== undefined && !takes.includes(option))
      throw new UsageError(`'cluster ${name}' takes no --${option}.`);
  }
  const expected = takes.includes('run') ? 1 : 0;
  if (names.length === expected) return;
  throw new UsageError(
    expected === 1
      ? 'Expected one run: telar cluster forget <run>.'
      : `'cluster ${name}' takes nothing behind it, got '${String(names[0])}'.`,
  );
}

/** Makes the tables of Telar and of BullMQ, unless they are there. On Redis there is nothing to make. */
async function init({ connection }: Call): Promise<number> {
  if (isPostgres(connection)) {
    await initSchema(connection);
    await initEngine(connection);
  }
  process.stdout.write(`${describeConnection(connection)} is ready.\n`);
  return 0;
}

async function showStatus({ connection, queue, values }: Call): Promise<number> {
  const queues = await readStatus(connection, queue);
  const json = { broker: describeConnection(connection), queues };
  process.stdout.write(
    values['json'] === true ? `${JSON.stringify(json, undefined, 2)}\n` : describeStatus(queues),
  );
  return 0;
}

/** Deletes what there is of a run. Returns 1 where there is none. */
async function forget({ connection, queue = 'default', names }: Call): Promise<number> {
  const [run] = names as [string];
  const broker = await openCheckedBroker(connection, queue);
  try {
    const isForgotten = await broker.registry.forget(run);
    process.stdout.write(
      isForgotten ? `Forgot the run '${run}'.\n` : `There is no run '${run}' in '${queue}'.\n`,
    );
    return isForgotten ? 0 : 1;
  } finally {
    await broker.close();
  }
}
