const { bun, deno, node } = process.versions as Readonly<Partial<Record<'bun' | 'deno' | 'node', string>>>;

/** True on Node itself, and not on another runtime that has Node's modules. */
export const isNode: boolean = bun === undefined && deno === undefined;

/** Returns the name and version of the runtime of this program, as its users know it. */
export function describeHost(): string {
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? `Node ${node}` : `Deno ${deno}`;
}
