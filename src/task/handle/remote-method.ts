/** A method of a spawned object, as other calls of Telar see it. */
export interface RemoteMethod {
  readonly name: string;
  /** Number of objects behind the method. */
  readonly instances: number;
  call(...args: readonly unknown[]): Promise<unknown>;
}

// The symbol is registered: an object that another copy of Telar in the process has spawned is as good.
export const remoteMethodKey: unique symbol = Symbol.for('telar.remoteMethod') as never;

/**
 * Finds the method behind a function, if it is one of a spawned object. Such functions answer to any other property.
 */
export function findRemoteMethod(value: unknown): RemoteMethod | undefined {
  if (typeof value !== 'function') return undefined;
  return Reflect.get(value, remoteMethodKey) as RemoteMethod | undefined;
}

/** Throws a TypeError where a task is a method of a spawned object: it has a thread already. */
export function refuseRemoteMethod(task: Function): void {
  const method = findRemoteMethod(task);
  if (method === undefined) return;
  throw new TypeError(
    `\`${method.name}\` is a method of a spawned object, which runs on the object's own thread: ` +
      `pass it to pipeline(…).cpu(), or call it.`,
  );
}
