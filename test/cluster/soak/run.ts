import { onBrokers } from '../../../bench/cases/cluster/brokers.ts';
import { reportSoak } from '../../chaos/soak/report.ts';
import { type ClusterSample, soakCluster } from './soak-cluster.ts';

const COLUMNS = ['rss', 'heap', 'handles', 'listeners', 'node', 'runs', 'connections'] as const;
/** Pools of connections to PostgreSQL open and close some as they are used: they have a bound, and no constant size. */
const POOLED = { share: 0, least: 16 };
const POOLS = { handles: POOLED, connections: POOLED };

/** `npm run chaos -- cluster-soak`: half of the minutes on each broker. Returns whether all was flat and right. */
export async function soakClusters(minutes: number, seed: number): Promise<boolean> {
  const isRight = await onBrokers((name, url) => soakOn(name, url, minutes / 2, seed));
  return Object.values(isRight).every(Boolean);
}

async function soakOn(name: string, url: string, minutes: number, seed: number): Promise<boolean> {
  const title = `cluster-soak on ${name}, ${minutes} minutes, seed ${seed} ── nothing grows with the calls`;
  return await reportSoak<keyof ClusterSample>(
    { title, columns: COLUMNS, width: 12, rows: 20, minutes, slacks: POOLS },
    (watch) => soakCluster({ url, seed, ...watch }),
  );
}
