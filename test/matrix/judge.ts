import type { Outcome, Outcomes } from './watch-program.ts';
import type { Way } from './way.ts';

/** Verdict on a way. */
export interface Verdict {
  /** Number of rows of each kind. */
  readonly counts: Readonly<Record<Kind, number>>;
  /** Faults of the way, a line each. */
  readonly faults: readonly string[];
  /** Rows that are listed as refused and work. */
  readonly listedInVain: readonly string[];
}

type Kind = 'works' | 'refused' | 'wrong' | 'hangs' | 'crashes' | 'leftOut';

/** Errors by which the package refuses what cannot travel. */
const REFUSALS = new Set(['CaptureError', 'CloneError']);
/** A message that names a file of the package's inside helps nobody. */
const INSIDE = /node_modules\/telar|dist\/bundle|chunk-|\.cjs\b/;

/** Refused under plain Node already, and documented, or work where the tool has compiled what is refused into something else. */
const REFUSED_ANYWHERE: Readonly<Record<string, string>> = {
  'classes: an instance with private fields':
    'nothing outside of a class sees what its `#private` members hold',
  'classes: an instance with arrow functions in fields':
    'an arrow function has the `this` of its constructor',
};

/** Compares what came with what has to come. */
export function judge(way: Way, { rows, fault }: Outcomes): Verdict {
  const counts: Record<Kind, number> = { works: 0, refused: 0, wrong: 0, hangs: 0, crashes: 0, leftOut: 0 };
  const faults: string[] = fault === undefined ? [] : [fault];
  const listedInVain: string[] = [];
  if (rows.size < 150 && fault === undefined) faults.push(`there are only ${rows.size} rows`);
  for (const [row, outcome] of rows) {
    if (isListed(row, way.leftOut)) counts.leftOut++;
    else {
      const { kind, fault: why } = judgeRow(row, outcome, way);
      counts[kind]++;
      if (why !== undefined) faults.push(`${row}: ${why}`);
      if (kind === 'works' && way.refused?.[row] !== undefined) listedInVain.push(row);
    }
  }
  const { leastWorking = 0 } = way;
  if (counts.works < leastWorking)
    faults.push(`only ${counts.works} rows work, where ${leastWorking} have to`);
  return { counts, faults, listedInVain };
}

function judgeRow(row: string, outcome: Outcome, way: Way): { kind: Kind; fault?: string } {
  if (way.refusesAll !== undefined) {
    const isSo = outcome.is === 'fails' && way.refusesAll.test(outcome.message);
    return isSo
      ? { kind: 'refused' }
      : { kind: 'wrong', fault: `is not refused: ${JSON.stringify(outcome)}` };
  }
  switch (outcome.is) {
    case 'works':
    case 'hangs':
      return outcome.is === 'works' ? { kind: 'works' } : { kind: 'hangs', fault: 'hangs' };
    case 'wrong':
      return { kind: 'wrong', fault: `gives ${outcome.gave}, right is ${outcome.right}` };
    case 'crashes':
      return { kind: 'crashes', fault: `ends the program: ${outcome.message}` };
    case 'fails': {
      const told = `${outcome.error}: ${outcome.message}`;
      if (way.refusedWith?.test(outcome.message) === true) return { kind: 'refused' };
      if (!REFUSALS.has(outcome.error)) return { kind: 'wrong', fault: told };
      if (INSIDE.test(outcome.message)) return { kind: 'refused', fault: `names our inside: ${told}` };
      return isListed(row, { ...REFUSED_ANYWHERE, ...way.refused })
        ? { kind: 'refused' }
        : { kind: 'refused', fault: `is not listed: ${told}` };
    }
  }
}

function isListed(row: string, listed: Readonly<Record<string, string>> = {}): boolean {
  return Object.keys(listed).some((name) =>
    name.endsWith('*') ? row.startsWith(name.slice(0, -1)) : row === name,
  );
}
