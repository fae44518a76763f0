import { getSession, post, type RemoteValue, viewValue } from './connection.ts';

export { InspectorError } from './connection.ts';

/** One level of the variables that a function can see. */
export interface LiveScope {
  /** Kind of the level: `Closure`, `Block`, `Module`, `Script`, `Global`, sometimes followed by a name. */
  readonly description: string;
  /** The variables with their values of now. Reading one that is not initialised yet throws, or gives `undefined`. */
  readonly object: Record<string, unknown>;
}

/** The place where a function was written, in the text that the engine runs, and the variables that it sees there. */
export interface InspectedFunction {
  /** Position of the function; `undefined` for native and bound functions. */
  readonly position: ScriptPosition | undefined;
  /** The levels of variables, the nearest first. */
  readonly scopes: readonly LiveScope[];
  /** The parts of a bound function. */
  readonly bound: BoundParts | undefined;
  /** Whether only the function's text is known, on a host that has no inspector: its variables cannot be read. */
  readonly isBlind?: boolean;
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

/** The inspector's description of a script. */
export interface ScriptDescription {
  readonly scriptId: string;
  readonly url: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly isModule?: boolean;
  readonly sourceMapURL?: string;
}

/**
 * Asks the engine where a function was written and which variables it sees.
 *
 * @remarks About 0.25 ms.
 * @throws InspectorError where it is not available: Node built without it, or a permission model that denies it.
 */
export function inspectFunction(fn: object): InspectedFunction {
  return viewValue(fn, ({ internal, take }) => {
    const position = readPosition(internal);
    return {
      position,
      scopes: position === undefined ? [] : Object.values(take('[[Scopes]]') ?? {}),
      bound: internal.has('[[TargetFunction]]') ? takeBound(take) : undefined,
    };
  });
}

/** Finds the place where a function was written: less than `inspectFunction`, in half the time. */
export function locateFunction(fn: object): ScriptPosition | undefined {
  return viewValue(fn, ({ internal }) => readPosition(internal));
}

/** Lists the entries of a WeakMap, or the values of a WeakSet, each as its own key. */
export function listWeakEntries(collection: object): readonly (readonly [key: object, value: unknown])[] {
  const entries = viewValue(collection, ({ take }) => take('[[Entries]]'));
  return Object.values((entries ?? {}) as Record<string, { key?: object; value?: unknown }>).flatMap(
    (entry) => {
      const key = entry.key ?? entry.value;
      return typeof key === 'object' || typeof key === 'function' ? [[key as object, entry.value]] : [];
    },
  );
}

/** The scripts of the thread, while the debugger is enabled. */
export interface ScriptReader {
  readonly scripts: ReadonlyMap<string, ScriptDescription>;
  readonly readText: (scriptId: string) => string;
  /** Disables the debugger, so that the program is as fast as before. */
  readonly close: () => void;
}

/**
 * Lists every script of the thread.
 *
 * @remarks 20 to 50 ms the first time, as the engine hashes all program text; then about 3 ms.
 */
export function openScripts(): ScriptReader {
  const scripts = new Map<string, ScriptDescription>();
  const session = getSession();
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

function readPosition(internal: ReadonlyMap<string, RemoteValue>): ScriptPosition | undefined {
  const location = internal.get('[[FunctionLocation]]')?.value as LocationValue | undefined;
  if (location === undefined) return undefined;
  return { scriptId: location.scriptId, line: location.lineNumber, column: location.columnNumber };
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
