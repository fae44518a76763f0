/** A closure, and the item that it is called with on the main thread and on a worker. */
export interface Case {
  readonly title: string;
  readonly task: (...parameters: never) => unknown;
  readonly item: unknown;
}

/** Titled tasks, called with `item` unless they say otherwise. */
export function listCases(
  item: unknown,
  tasks: Readonly<Record<string, (...parameters: never) => unknown>>,
): Case[] {
  return Object.entries(tasks).map(([title, task]) => ({ title, task, item }));
}

/** Calls a function with the file of its cases on the stack. */
export type Enter = <Result>(visit: () => Result) => Result;
