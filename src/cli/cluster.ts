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
    const connection = resolveConnection(textOf(values, 'connection'));
    const queue = textOf(values, 'queue') ?? 'default';
    assertName(queue, 'queue');
    switch (action) {
      case 'init':
        return await init(connection);
      case 'status':
        return await showStatus(connection, textOf(values, 'queue'), values);
      case 'forget':
        return await forget(connection, queue, rest);
      default:
        throw new UsageError(`There is no 'cluster ${action}'. Usage: telar ${usage}`);
    }
  },
};

/** Makes the tables of Telar and of BullMQ, unless they are there. On Redis there is nothing to make. */
async function init(connection: string): Promise<number> {
  if (isPostgres(connection)) {
    await initSchema(connection);
    await initEngine(connection);
  }
  process.stdout.write(`${describeConnection(connection)} is ready.\n`);
  return 0;
}

async function showStatus(connection: string, queue: string | undefined, values: Values): Promise<number> {
  const queues = await readStatus(connection, queue);
  const json = { broker: describeConnection(connection), queues };
  process.stdout.write(
    values['json'] === true ? `${JSON.stringify(json, undefined, 2)}\n` : describeStatus(queues),
  );
  return 0;
}

/** Deletes what there is of a run. Returns 1 where there is none. */
async function forget(connection: string, queue: string, names: readonly string[]): Promise<number> {
  const [run] = names;
  if (run === undefined || names.length > 1)
    throw new UsageError('Expected one run: telar cluster forget <run>.');
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
