/** A pool of another library, used for what all of them can do: calling a task on a worker, by its name. */
export interface Peer {
  /** Calls a task. Buffers in `transfer` are handed over; a library that cannot do that throws. */
  readonly call: (task: string, argument: unknown, transfer?: readonly ArrayBuffer[]) => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

/** A library, and the way in which the bench opens it. */
export interface PeerLibrary {
  readonly name: string;
  /** Why it cannot run here. */
  readonly missing?: string | undefined;
  readonly canTransfer: boolean;
  /**
   * A pool whose threads stay, each knowing the tasks of `workers/every-task.ts`. Threads may start later, with the
   * first calls.
   */
  readonly open: (threads: number) => Promise<Peer>;
}

/** The module with all tasks, for libraries that take the name of a function in a file. */
export const TASKS: string = new URL('../workers/every-task.js', import.meta.url).href;
