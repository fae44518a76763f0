import type { ContenderProcess } from './contender-process.ts';

/** A contender in its process, by name. */
export interface Named {
  readonly name: string;
  readonly process: ContenderProcess;
}

/**
 * Runs every contender once and throws unless all give, from the first result to the last, what the first of them
 * gives. It warms them up, too.
 */
export async function checkEqual([first, ...others]: readonly [Named, ...Named[]]): Promise<void> {
  await warm(first);
  for (const other of others) {
    const count = await warm(other);
    if (await agree(first, other, count)) continue;
    const at = await findDifference(first, other, count);
    const [expected, given] = await Promise.all([
      first.process.ask<'show'>({ kind: 'show', at }),
      other.process.ask<'show'>({ kind: 'show', at }),
    ]);
    throw new Error(
      `${other.name} gave another result than ${first.name} for item ${at}: ${given} instead of ${expected}.`,
    );
  }
}

async function warm({ name, process }: Named): Promise<number> {
  const count = await process.ask<'warm'>({ kind: 'warm' });
  if (count === process.count) return count;
  throw new Error(`${name} gave ${count} results for ${process.count} items.`);
}

async function agree(one: Named, other: Named, count: number): Promise<boolean> {
  const hash = await one.process.ask<'digest'>({ kind: 'digest', count });
  return hash === (await other.process.ask<'digest'>({ kind: 'digest', count }));
}

/** The first item whose results differ: as long as they agree up to it, it is further on. */
async function findDifference(one: Named, other: Named, count: number): Promise<number> {
  let agreed = 0;
  let differing = count;
  while (differing - agreed > 1) {
    const middle = Math.floor((agreed + differing) / 2);
    if (await agree(one, other, middle)) agreed = middle;
    else differing = middle;
  }
  return agreed;
}
