import { describeValue } from '../../errors/describe.ts';
import { optionError } from '../../options/check.ts';
import { ClusterError } from '../cluster-error.ts';
import { assertEngine } from '../engine/engine.ts';
import type { Broker } from '../store/broker.ts';
import { insist, isLost } from '../store/insist.ts';
import { openPostgres } from '../store/postgres/broker.ts';
import { openRedis } from '../store/redis/broker.ts';

/** Milliseconds that a broker may take to be there at the start. */
const FIRST_CONTACT = 10_000;
const LEAST_CONTACT = 2000;

const FORMS = /^(rediss?|postgres(ql)?):\/\//;

/** Throws unless the connection is a URL of a broker; `undefined` stands for that of the environment. */
export function resolveConnection(connection: unknown): string {
  const given = connection ?? process.env['TELAR_BROKER'];
  if (given === undefined || given === '') {
    throw optionError(
      "Expected `connection`, or TELAR_BROKER in the environment, such as 'redis://127.0.0.1:6379/0' or 'postgres://user@host/database'.",
    );
  }
  if (typeof given === 'string' && FORMS.test(given)) return given;
  const shown = typeof given === 'string' ? `'${describeConnection(given)}'` : describeValue(given);
  throw optionError(
    `Expected \`connection\` to be a URL that begins with redis://, rediss:// or postgres://, got ${shown}.`,
  );
}

/**
 * Throws unless the connection is a URL of a broker, or a list of such; `undefined` stands for those of the environment,
 * with white space between them.
 */
export function resolveConnections(connection: unknown): readonly string[] {
  if (!Array.isArray(connection)) {
    const given = connection ?? process.env['TELAR_BROKER']?.trim().split(/\s+/);
    return Array.isArray(given) ? given.map(resolveConnection) : [resolveConnection(given)];
  }
  const urls = connection.map(resolveConnection);
  if (urls.length > 0 && new Set(urls).size === urls.length) return urls;
  throw optionError(`Expected \`connection\` to list brokers, each once, got ${describeValue(connection)}.`);
}

/** Opens a broker. Connections are made at the first step. */
export async function openBroker(connection: string, queue: string): Promise<Broker> {
  return connection.startsWith('redis')
    ? await openRedis(connection, queue)
    : await openPostgres(connection, queue);
}

/**
 * Opens a broker, and looks whether it is there and can be trusted with results.
 *
 * @param patience - Milliseconds for which it is waited for; up to 10 s, and at least 2 s.
 *
 * @throws ClusterError where it cannot.
 */
export async function openCheckedBroker(
  connection: string,
  queue: string,
  patience: number = FIRST_CONTACT,
): Promise<Broker> {
  const broker = await openBroker(connection, queue);
  const limit = Math.min(FIRST_CONTACT, Math.max(LEAST_CONTACT, patience));
  try {
    await insist(() => broker.check(), { limit, onSilence: (silence) => broker.reset(silence) });
    await insist(() => assertEngine(connection), { limit });
    return broker;
  } catch (thrown) {
    await broker.close();
    const { cause } = Object(thrown) as { cause?: unknown };
    if (thrown instanceof ClusterError && !isSilence(cause)) throw thrown;
    throw brokerError(connection, broker.lastError ?? cause ?? thrown);
  }
}

/** Tells whether an error says no more than that nobody has answered. */
function isSilence(cause: unknown): boolean {
  return isLost(cause) || (cause instanceof Error && cause.message.startsWith('no answer'));
}

/** Describes a connection for messages: without its user and password. */
export function describeConnection(connection: string): string {
  try {
    const { protocol, host, pathname } = new URL(connection);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return 'a text that is no URL';
  }
}

/** Makes the error of a broker that cannot be used. */
function brokerError(connection: string, cause: unknown): ClusterError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ClusterError(
    `The broker ${describeConnection(connection)} cannot be used: ${hidePassword(reason, connection)}`,
    'broker',
    { cause },
  );
}

/** Takes a password out of what a driver says. */
function hidePassword(text: string, connection: string): string {
  const [, password] = /^[a-z]+:\/\/[^@/]*?:([^@/]+)@/.exec(connection) ?? [];
  return password === undefined
    ? text
    : text.replaceAll(password, '***').replaceAll(decodeURIComponent(password), '***');
}
