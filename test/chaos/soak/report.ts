import { judgeFlat, type Slacks } from './flat.ts';

/** Settings of the table that is printed of a soak. */
export interface SoakReport<What extends string> {
  readonly title: string;
  readonly columns: readonly What[];
  /** Width of a column. */
  readonly width: number;
  /** Rows of the table. */
  readonly rows: number;
  readonly minutes: number;
  /** By how much more than usual something may grow. */
  readonly slacks?: Slacks;
}

/** Calls by which a soak asks whether to go on, and tells of each turn. */
export interface SoakWatch<What extends string> {
  /** Whether there is to be another turn. */
  readonly goesOn: () => boolean;
  /** Called after each turn. */
  readonly onTurn: (sample: Readonly<Record<What, number>>, programs: number) => void;
}

/** Outcome of a soak: the sample of each turn when it was over, and the answers that were not those of a plain loop. */
export interface SoakOutcome<What extends string> {
  readonly samples: readonly Readonly<Record<What, number>>[];
  readonly differences: readonly string[];
}

/** Prints a table while a soak runs, and what came of it. Returns whether all was flat and right. */
export async function reportSoak<What extends string>(
  { title, columns, width, rows, minutes, slacks }: SoakReport<What>,
  soak: (watch: SoakWatch<What>) => Promise<SoakOutcome<What>>,
): Promise<boolean> {
  const row = (minute: string, programs: string, cells: readonly string[]): string =>
    `  ${minute.padStart(7)}${programs.padStart(10)}${cells.map((cell) => cell.padStart(width)).join('')}`;
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 60_000;
  let printed = 0;
  console.log(`\n── ${title}`);
  console.log(row('minute', 'programs', columns));
  const { samples, differences } = await soak({
    goesOn: () => elapsed() < minutes,
    onTurn: (sample, programs) => {
      if (elapsed() < (printed * minutes) / rows) return;
      printed++;
      const cells = columns.map((what) => format(sample[what]));
      console.log(row(elapsed().toFixed(1), String(programs), cells));
    },
  });
  const trends = judgeFlat<What>(samples, slacks);
  for (const { what, early, late, most, isFlat } of trends)
    console.log(
      `  ${isFlat ? '✓' : '✗'} ${what}: from ${format(early)} to ${format(late)} (must be ≤ ${format(most)})`,
    );
  const count = differences.length;
  console.log(`  ${count === 0 ? '✓' : '✗'} differences from a plain loop: ${count} (must be 0)`);
  for (const difference of differences.slice(0, 10)) console.log(`    ${difference}`);
  return count === 0 && trends.every(({ isFlat }) => isFlat);
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : `${value.toFixed(1)} MB`;
}
