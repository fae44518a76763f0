import { judgeFlat } from './flat.ts';
import type { Sample } from './sample.ts';
import { soak } from './soak.ts';

const COLUMNS: readonly (keyof Sample)[] = [
  'rss',
  'heap',
  'handles',
  'files',
  'listeners',
  'threads',
  'children',
];

/** Rows of the table. */
const ROWS = 30;

/** `npm run chaos -- soak`: soaks for so many minutes, prints a table, and says whether all was flat and right. */
export async function runSoak(minutes: number, seed: number): Promise<boolean> {
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 60_000;
  let printed = 0;
  console.log(
    `\n── soak, ${minutes} minutes, seed ${seed} ── what runs for hours holds no more than what runs for minutes`,
  );
  console.log(row('minute', 'programs', COLUMNS));
  const { samples, differences } = await soak({
    seed,
    goesOn: () => elapsed() < minutes,
    onTurn: (sample, _, programs) => {
      if (elapsed() < (printed * minutes) / ROWS) return;
      printed++;
      console.log(
        row(
          elapsed().toFixed(1),
          String(programs),
          COLUMNS.map((name) => format(sample[name])),
        ),
      );
    },
  });
  const trends = judgeFlat(samples);
  for (const { what, early, late, most, isFlat } of trends)
    console.log(
      `  ${isFlat ? '✓' : '✗'} ${what}: from ${format(early)} to ${format(late)} (must be ≤ ${format(most)})`,
    );
  const count = differences.length;
  console.log(`  ${count === 0 ? '✓' : '✗'} differences from a plain loop: ${count} (must be 0)`);
  for (const difference of differences.slice(0, 10)) console.log(`    ${difference}`);
  return count === 0 && trends.every(({ isFlat }) => isFlat);
}

function row(minute: string, programs: string, cells: readonly string[]): string {
  return `  ${minute.padStart(7)}${programs.padStart(10)}${cells.map((cell) => cell.padStart(11)).join('')}`;
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : `${value.toFixed(1)} MB`;
}
