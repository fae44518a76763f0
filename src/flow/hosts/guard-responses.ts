/** Parts of a thread's record in piscina 5.3.2 that matter here. */
export interface WorkerInfo {
  onMessage?: (message: unknown) => void;
  /** Let the record's port keep the process alive, or not: piscina does so by itself while a task runs. */
  ref(): unknown;
  unref(): unknown;
}

const guarded = new WeakSet<object>();

/**
 * Keeps from piscina what none of its threads says. Piscina takes their messages apart without a look, and `null`, sent
 * by a task that has got hold of the port, would be an error that nobody can catch.
 *
 * @param worker - As a load balancer of piscina gets it.
 * @returns Piscina's record of the thread.
 */
export function guardResponses(worker: object): WorkerInfo | undefined {
  // A worker has its thread under a symbol that is not public.
  const [key] = Object.getOwnPropertySymbols(worker);
  const info = key === undefined ? undefined : (Reflect.get(worker, key) as WorkerInfo | undefined);
  const hear = info?.onMessage;
  if (info === undefined || hear === undefined || guarded.has(info)) return info;
  guarded.add(info);
  info.onMessage = (message) => {
    if (typeof message === 'object' && message !== null) hear(message);
  };
  return info;
}
