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
