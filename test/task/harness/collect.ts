/** What a generator yields, as the engine collects it; any other value as it is. */
export async function collect(value: unknown): Promise<unknown> {
  const name = Object.prototype.toString.call(value);
  if (name !== '[object Generator]' && name !== '[object AsyncGenerator]') return value;
  const results: unknown[] = [];
  for await (const result of value as AsyncIterable<unknown>) results.push(result);
  return results;
}
