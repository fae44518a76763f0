import type { Session } from 'node:inspector';

/** One level of the variables that a function can see. */
export interface LiveScope {
  /** `Closure`, `Block`, `Module`, `Script`, `Global`, sometimes followed by a name. */
  readonly description: string;
  /** The variables with their values of now. Reading one that is not initialised yet throws, or gives `undefined`. */
  readonly object: Record<string, unknown>;
}

/** Where a function was written, in the text that the engine runs, and what it sees from there. */
export interface InspectedFunction {
  /** `undefined` for native and bound functions. */
  readonly position: ScriptPosition | undefined;
  /** The nearest first. */
  readonly scopes: readonly LiveScope[];
  /** The parts of a bound function. */
  readonly bound: BoundParts | undefined;
}

export interface ScriptPosition {
  readonly scriptId: string;
  readonly line: number;
  readonly column: number;
}

export interface BoundParts {
  readonly target: unknown;
  readonly receiver: unknown;
  readonly parameters: readonly unknown[];
}

/** What the inspector says of a script. */
export interface ScriptDescription {
  readonly scriptId: string;
  readonly url: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly isModule?: boolean;
  readonly sourceMapURL?: string;
}

interface RemoteValue {
  readonly objectId?: string;
  readonly value?: unknown;
  /** `-0`, `NaN`, infinities and bigints, as text. */
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

/** Values go to and from the inspector as fields of one object that both sides hold. */
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

/** The inspector cannot be used in this process. */
export class InspectorError extends Error {
  constructor(cause: unknown) {
    const message = cause instanceof Error ? cause.message : String(cause);
    super(`it takes Node's inspector to see what it uses, and this process denies it (${message})`, {
      cause,
    });
  }
}

const group = 'telar';
const key = Symbol.for('telar.exchange');
let connection: Connection | undefined;

/**
 * Asks the engine where a function was written and which variables it sees.
 *
 * @remarks About 0.25 ms.
 * @throws InspectorError where it is not available: Node built without it, or a permission model that denies it.
 */
export function inspectFunction(fn: object): InspectedFunction {
  const { exchange, exchangeId } = (connection ??= connect());
  try {
    exchange.given = fn;
    return inspect(exchange, exchangeId);
  } finally {
    exchange.given = undefined;
    exchange.taken = undefined;
    // Without this every captured value would be kept for ever.
    post('Runtime.releaseObjectGroup', { objectGroup: group });
  }
}

/** The scripts of the thread, while the debugger is enabled. */
export interface ScriptReader {
  readonly scripts: ReadonlyMap<string, ScriptDescription>;
  readonly readText: (scriptId: string) => string;
  /** Disables the debugger: what runs is as fast as before. */
  readonly close: () => void;
}

/**
 * Lists every script of the thread.
 *
 * @remarks 20 to 50 ms the first time, as the engine hashes all program text; then about 3 ms.
 */
export function openScripts(): ScriptReader {
  const scripts = new Map<string, ScriptDescription>();
  const { session } = (connection ??= connect());
  const onScript = ({ params }: { params: ScriptDescription }): void => {
    scripts.set(params.scriptId, params);
  };
  const close = (): void => {
    session.off('Debugger.scriptParsed', onScript);
    post('Debugger.disable');
  };
  session.on('Debugger.scriptParsed', onScript);
  try {
    post('Debugger.enable');
    post('Debugger.setSkipAllPauses', { skip: true });
  } catch (error) {
    close();
    throw error;
  }
  const readText = (scriptId: string): string =>
    post<{ scriptSource: string }>('Debugger.getScriptSource', { scriptId }).scriptSource;
  return { scripts, readText, close };
}

function inspect(exchange: Exchange, exchangeId: string): InspectedFunction {
  const { result: given } = post<{ result: RemoteValue }>('Runtime.callFunctionOn', {
    objectId: exchangeId,
    functionDeclaration: 'function () { return this.given }',
    objectGroup: group,
  });
  const internal = new Map<string, RemoteValue>();
  for (const { name, value } of getProperties(given).internalProperties ?? []) {
    if (value !== undefined) internal.set(name, value);
  }
  const take = (part: string): unknown => {
    const source = internal.get(part);
    if (source === undefined) return undefined;
    const { objectId, value, unserializableValue } = source;
    exchange.taken = undefined;
    post('Runtime.callFunctionOn', {
      objectId: exchangeId,
      functionDeclaration: 'function (value) { this.taken = value }',
      arguments: [{ objectId, value, unserializableValue }],
    });
    return exchange.taken;
  };
  const location = internal.get('[[FunctionLocation]]')?.value as LocationValue | undefined;
  return {
    position: location && {
      scriptId: location.scriptId,
      line: location.lineNumber,
      column: location.columnNumber,
    },
    scopes: location === undefined ? [] : Object.values(take('[[Scopes]]') ?? {}),
    bound: internal.has('[[TargetFunction]]') ? takeBound(take) : undefined,
  };
}

interface LocationValue {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

function takeBound(take: (part: string) => unknown): BoundParts {
  const parameters = take('[[BoundArgs]]');
  return {
    target: take('[[TargetFunction]]'),
    receiver: take('[[BoundThis]]'),
    parameters: Array.isArray(parameters) ? parameters : [],
  };
}

function getProperties({ objectId }: RemoteValue): Properties {
  return post('Runtime.getProperties', { objectId, ownProperties: true });
}

function connect(): Connection {
  const { Session } = process.getBuiltinModule('node:inspector');
  const session = new Session();
  try {
    session.connect();
  } catch (error) {
    throw new InspectorError(error);
  }
  const exchange: Exchange = { given: undefined, taken: undefined };
  // A built-in module is the one object that every realm of the thread shares (test runners make realms of their own).
  Reflect.set(Session, key, exchange);
  try {
    const expression = "process.getBuiltinModule('node:inspector').Session[Symbol.for('telar.exchange')]";
    const { result } = send<{ result: RemoteValue }>(session, 'Runtime.evaluate', { expression });
    return { session, exchange, exchangeId: String(result.objectId) };
  } finally {
    Reflect.deleteProperty(Session, key);
  }
}

function post<Result>(method: string, parameters: object = {}): Result {
  return send((connection ??= connect()).session, method, parameters);
}

/** Commands of a session in the same thread answer before `post` returns. */
function send<Result>(session: Session, method: string, parameters: object): Result {
  let failure: Error | null = null;
  let answer: unknown;
  session.post(method, parameters, (error, result) => {
    failure = error;
    answer = result;
  });
  if (failure !== null) throw new Error(`The inspector refused ${method}.`, { cause: failure });
  return answer as Result;
}
