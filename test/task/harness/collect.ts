/** Collects the values of a generator, as the engine does; gives any other value as it is. */
export async function collect(value: unknown): Promise<unknown> {
  if (!/^\[object (?:Async)?Generator\]$/.test(Object.prototype.toString.call(value))) return value;
  const results: unknown[] = [];
  for await (const result of value as AsyncIterable<unknown>) results.push(result);
  return results;
}

/** Whether calls of a function give generators, which the engine expands. */
export function isGenerator(task: object): boolean {
  return /^\[object (?:Async)?GeneratorFunction\]$/.test(Object.prototype.toString.call(task));
}
