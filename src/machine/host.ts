const { bun, deno, node } = process.versions as Readonly<Partial<Record<'bun' | 'deno' | 'node', string>>>;

/** Whether this is Node itself, and not another runtime that has Node's modules. */
export const isNode: boolean = bun === undefined && deno === undefined;

/** The name and version of what runs this program, as its users know it. */
export function describeHost(): string {
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? `Node ${node}` : `Deno ${deno}`;
}
