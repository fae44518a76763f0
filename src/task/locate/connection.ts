import type { Session } from 'node:inspector';
import { describeHost, isNode } from '../../machine/host.ts';

export interface RemoteValue {
  readonly objectId?: string;
  readonly value?: unknown;
  /** Text of a value that JSON has no form for: `-0`, `NaN`, infinities and bigints. */
  readonly unserializableValue?: string;
}

interface Property {
  readonly name: string;
  readonly value?: RemoteValue;
}

interface Properties {
  readonly result: readonly Property[];
  readonly internalProperties?: readonly Property[];
}

/** An object that both sides hold, as whose fields values go to and from the inspector. */
interface Exchange {
  given: unknown;
  taken: unknown;
}

interface Connection {
  readonly session: Session;
  readonly exchange: Exchange;
  /** The inspector's handle on the exchange. */
  readonly exchangeId: string;
}

/** Thrown where the inspector cannot be used in this process. */
export class InspectorError extends Error {
  constructor(cause: unknown) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const lack = isNode
      ? `and this process denies it (${message})`
      : `which this host (${describeHost()}) does not have`;
    super(`it takes Node's inspector to see what it uses, ${lack}`, { cause });
  }
}

const group = 'telar';
const key = Symbol.for('telar.exchange');
let connection: Connection | undefined;
/** Reason why there is no inspector, once that is known. */
let denial: InspectorError | undefined;

/** A value of this thread, as the engine sees it. */
export interface EngineView {
  /** Parts that the engine shows of the value beside its properties. */
  readonly internal: ReadonlyMap<string, RemoteValue>;
  /** Takes the live value of such a part. */
  readonly take: (part: string) => unknown;
}

/** Shows a value to the engine. Nothing that comes of it must be kept but as live values. */
export function viewValue<Result>(value: object, use: (view: EngineView) => Result): Result {
  const { exchange, exchangeId } = (connection ??= connect());
  try {
    exchange.given = value;
    const internal = readInternals(exchangeId);
    return use({ internal, take: (part) => take(exchange, exchangeId, internal.get(part)) });
  } finally {
    exchange.given = undefined;
    exchange.taken = undefined;
    // The group is released, or every captured value would be kept for ever.
    post('Runtime.releaseObjectGroup', { objectGroup: group });
  }
}

export function getSession(): Session {
  return (connection ??= connect()).session;
}

function readInternals(exchangeId: string): ReadonlyMap<string, RemoteValue> {
  const { result: given } = post<{ result: RemoteValue }>('Runtime.callFunctionOn', {
    objectId: exchangeId,
    functionDeclaration: 'function () { return this.given }',
    objectGroup: group,
  });
  const internal = new Map<string, RemoteValue>();
  for (const { name, value } of getProperties(given).internalProperties ?? []) {
    if (value !== undefined) internal.set(name, value);
  }
  return internal;
}

/** Turns the inspector's word for a value into the value. */
function take(exchange: Exchange, exchangeId: string, source: RemoteValue | undefined): unknown {
  if (source === undefined) return undefined;
  const { objectId, value, unserializableValue } = source;
  exchange.taken = undefined;
  post('Runtime.callFunctionOn', {
    objectId: exchangeId,
    functionDeclaration: 'function (value) { this.taken = value }',
    arguments: [{ objectId, value, unserializableValue }],
  });
  return exchange.taken;
}

function getProperties({ objectId }: RemoteValue): Properties {
  return post('Runtime.getProperties', { objectId, ownProperties: true });
}

/** Returns whether this host has shown that it does not say what functions see. */
export function lacksInspector(): boolean {
  return denial !== undefined;
}

function connect(): Connection {
  if (denial !== undefined) throw denial;
  try {
    return openConnection();
  } catch (error) {
    if (error instanceof InspectorError) denial = error;
    throw error;
  }
}

function openConnection(): Connection {
  let session: Session;
  try {
    const { Session: Constructor } = process.getBuiltinModule('node:inspector');
    session = new Constructor();
    session.connect();
  } catch (error) {
    throw new InspectorError(error);
  }
  const exchange: Exchange = { given: undefined, taken: undefined };
  // The exchange stands on a built-in module, the one object that every realm of the thread shares (test runners make
  // realms of their own).
  const holder = process.getBuiltinModule('node:inspector').Session;
  Reflect.set(holder, key, exchange);
  try {
    const expression = "process.getBuiltinModule('node:inspector').Session[Symbol.for('telar.exchange')]";
    const { result } = send<{ result?: RemoteValue }>(session, 'Runtime.evaluate', { expression });
    if (result?.objectId === undefined) throw new InspectorError('it gives no objects');
    return { session, exchange, exchangeId: String(result.objectId) };
  } finally {
    Reflect.deleteProperty(holder, key);
  }
}

export function post<Result>(method: string, parameters: object = {}): Result {
  return send((connection ??= connect()).session, method, parameters);
}

/** Sends a command. Commands of a session in the same thread answer before `post` returns. */
function send<Result>(session: Session, method: string, parameters: object): Result {
  let failure: Error | null = null;
  let answer: unknown;
  let hasAnswered = false;
  session.post(method, parameters, (error, result) => {
    failure = error;
    answer = result;
    hasAnswered = true;
  });
  // Bun and Deno have the class, and little behind it.
  if (!hasAnswered || (failure === null && !answer)) throw new InspectorError(`it does not answer ${method}`);
  if (failure !== null) throw new Error(`The inspector refused ${method}.`, { cause: failure });
  return answer as Result;
}
