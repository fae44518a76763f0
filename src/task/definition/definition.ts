/** All that a worker needs to have a task. It can be cloned to any number of threads; data of some size is shared. */
export type TaskDefinition = TaskReference | CapturedTask;

/** A task that the worker imports. */
export interface TaskReference {
  readonly kind: 'reference';
  /** The module, as an absolute URL. */
  readonly url: string;
  /** The name under which the module exports the task. */
  readonly name: string;
}

/** A task that travels as source text, together with the values and imports that it uses. */
export interface CapturedTask {
  readonly kind: 'captured';
  /** The task's name, for messages. */
  readonly name: string;
  /** The `Graph` of functions and values, serialised once; in shared memory unless it is small. */
  readonly graph: Uint8Array;
  /** Captured values that only a message can carry: shared memory, which all threads see, keys, compiled WebAssembly. */
  readonly attachments: readonly unknown[];
  readonly cost: CaptureCost;
}

/** The price of making a captured task. */
export interface CaptureCost {
  /** Time of the main thread, in ms. */
  readonly ms: number;
  /** The variable whose value has the most bytes. */
  readonly largest: string | undefined;
}

/** The members that a function reads off one of its parameters, with which it does nothing else. */
export interface MemberReads {
  /** Text of the function of which that is known: where another one runs, nothing is. */
  readonly text: string;
  readonly names: readonly string[];
}

// This function is taken now, since tasks may replace it, and say of a wrapper what it wraps.
// oxlint-disable-next-line typescript/unbound-method
const { toString } = Function.prototype;
const { apply } = Reflect;

/** Reads the text of a function as the engine has it, whatever `toString` the function has of its own. */
export function readText(fn: Function): string {
  return apply(toString, fn, []) as string;
}

/** A task as a worker calls it. */
export type TaskFunction = (item: unknown, index: number, context: unknown) => unknown;

/** The code of the error of a module that has no function of a name: nothing in the call can ever run. */
export const NO_EXPORT = 'ERR_TELAR_NO_EXPORT';
