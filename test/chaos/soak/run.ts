import { reportSoak } from './report.ts';
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

/** `npm run chaos -- soak`: soaks for so many minutes, prints a table, and says whether all was flat and right. */
export async function runSoak(minutes: number, seed: number): Promise<boolean> {
  const title = `soak, ${minutes} minutes, seed ${seed} ── what runs for hours holds no more than what runs for minutes`;
  return await reportSoak<keyof Sample>(
    { title, columns: COLUMNS, width: 11, rows: 30, minutes },
    ({ goesOn, onTurn }) => soak({ seed, goesOn, onTurn: (sample, _, programs) => onTurn(sample, programs) }),
  );
}
