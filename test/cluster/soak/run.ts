import { startPostgres } from '../../../examples/servers/postgres.ts';
import { startRedis } from '../../../examples/servers/redis.ts';
import { initEngine } from '../../../src/cluster/engine/engine.ts';
import { initSchema } from '../../../src/cluster/store/postgres/schema.ts';
import { judgeFlat } from '../../chaos/soak/flat.ts';
import { type ClusterSample, soakCluster } from './soak-cluster.ts';

const COLUMNS = ['rss', 'heap', 'handles', 'listeners', 'node', 'runs', 'connections'] as const;
/** Pools of connections to PostgreSQL open and close some as they are used: they have a bound, and no constant size. */
const POOLED = { share: 0, least: 16 };
const POOLS = { handles: POOLED, connections: POOLED };
/** Rows of a table. */
const ROWS = 20;

/** `npm run chaos -- cluster-soak`: half of the minutes on each broker. Returns whether all was flat and right. */
export async function soakClusters(minutes: number, seed: number): Promise<boolean> {
  const redis = await startRedis();
  let isRight: boolean;
  try {
    isRight = await soakOn('Redis', redis.url, minutes / 2, seed);
  } finally {
    await redis.remove();
  }
  const postgres = await startPostgres();
  try {
    await initSchema(postgres.url);
    await initEngine(postgres.url);
    return (await soakOn('PostgreSQL', postgres.url, minutes / 2, seed)) && isRight;
  } finally {
    await postgres.stop();
  }
}

async function soakOn(name: string, url: string, minutes: number, seed: number): Promise<boolean> {
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 60_000;
  let printed = 0;
  console.log(
    `\n── cluster-soak on ${name}, ${minutes} minutes, seed ${seed} ── nothing grows with the calls`,
  );
  console.log(row('minute', 'programs', COLUMNS));
  const { samples, differences } = await soakCluster({
    url,
    seed,
    goesOn: () => elapsed() < minutes,
    onTurn: (sample, programs) => {
      if (elapsed() < (printed * minutes) / ROWS) return;
      printed++;
      console.log(
        row(
          elapsed().toFixed(1),
          String(programs),
          COLUMNS.map((what) => format(sample[what])),
        ),
      );
    },
  });
  const trends = judgeFlat<keyof ClusterSample>(samples, POOLS);
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
  return `  ${minute.padStart(7)}${programs.padStart(10)}${cells.map((cell) => cell.padStart(12)).join('')}`;
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : `${value.toFixed(1)} MB`;
}
