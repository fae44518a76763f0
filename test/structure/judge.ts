import type { Figure, Finding } from './measure.ts';

/** Things that are over a limit on purpose: by figure and place, the most that each may be, and the reason. */
export type Exceptions = Readonly<
  Partial<Record<Figure, Readonly<Record<string, readonly [upTo: number, reason: string]>>>>
>;

/** The most that each figure may be. */
export type Limits = Readonly<Record<Figure, number>>;

/** Describes what is over its limit, and exceptions that nothing needs any more; none means that all limits hold. */
export function judge(findings: readonly Finding[], limits: Limits, exceptions: Exceptions): string[] {
  const broken: string[] = [];
  const needed = new Set<string>();
  for (const { figure, where, value } of findings) {
    if (value <= limits[figure]) continue;
    const [most] = exceptions[figure]?.[where] ?? [limits[figure]];
    needed.add(`${figure} ${where}`);
    if (value > most) broken.push(`${where}: ${value} ${figure}, at most ${most}.`);
  }
  for (const [figure, places] of Object.entries(exceptions)) {
    for (const where of Object.keys(places)) {
      if (needed.has(`${figure} ${where}`)) continue;
      broken.push(`${where}: its exception (${figure}) is needed no longer. Remove it.`);
    }
  }
  return broken;
}

/** One line for each figure: how many things have it, the largest, and how many are over the limit. */
export function summarise(findings: readonly Finding[], limits: Limits): string[] {
  return Object.entries(limits).map(([figure, limit]) => {
    const own = findings.filter((finding) => finding.figure === figure).sort((a, b) => b.value - a.value);
    const over = own.filter(({ value }) => value > limit).length;
    const largest = own[0] === undefined ? '0' : `${own[0].value} (${own[0].where})`;
    return `${figure}: largest ${largest}; ${over} of ${own.length} over ${limit}`;
  });
}
