import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { connectRedis } from '../../../src/cluster/store/redis/connection.ts';
import { takeSample } from '../../chaos/soak/sample.ts';
import { drawGroup } from '../model/programs.ts';
import { TestCluster } from '../model/test-cluster.ts';

/** One turn in so many has a node killed. */
const PER_KILL = 20;
/** Milliseconds that what has ended may take to be gone. */
const SETTLING = 20_000;

/** Resources that caller, node and broker hold at a moment in which nothing runs. */
export interface ClusterSample {
  /** Memory of the caller, in MB. */
  readonly rss: number;
  readonly heap: number;
  readonly handles: number;
  readonly listeners: number;
  /** Memory of the node that is never killed, in MB; 0 where the system does not tell. */
  readonly node: number;
  /** Runs of which the broker holds something. */
  readonly runs: number;
  /** Connections that the broker has. */
  readonly connections: number;
}

export interface ClusterSoak {
  readonly url: string;
  readonly seed: number;
  readonly goesOn: () => boolean;
  /** Called after each turn. */
  readonly onTurn: (sample: ClusterSample, programs: number) => void;
}

/** Turn after turn of random programs on two nodes, of which one is killed now and then. */
export async function soakCluster({ url, seed, goesOn, onTurn }: ClusterSoak): Promise<{
  readonly samples: readonly ClusterSample[];
  readonly differences: readonly string[];
}> {
  const samples: ClusterSample[] = [];
  const differences: string[] = [];
  const look = await openLook(url);
  const cluster = new TestCluster(url, 2);
  await cluster.ready();
  let programs = 0;
  try {
    for (let turn = 0; goesOn(); turn++) {
      const group = drawGroup(seed + turn, 1);
      const kills = turn % PER_KILL === PER_KILL - 1 ? group.kills : [];
      // oxlint-disable-next-line no-await-in-loop -- one turn after the other.
      const found = await cluster.run({ ...group, kills });
      differences.push(...found.map((difference) => `seed ${seed + turn}: ${difference}`));
      programs += group.programs.length;
      // oxlint-disable-next-line no-await-in-loop -- a sample is taken behind its turn.
      samples.push(await settle(cluster, look));
      onTurn(samples.at(-1) as ClusterSample, programs);
    }
  } finally {
    await cluster.close();
    await look.close();
  }
  return { samples, differences };
}

/** Waits until runs are gone, and what nodes have for a killed one is there again. */
async function settle(cluster: TestCluster, look: Look): Promise<ClusterSample> {
  await cluster.ready();
  let before = -1;
  for (let waited = 0; waited < SETTLING; waited += 200) {
    // oxlint-disable-next-line no-await-in-loop -- it is looked until nothing moves.
    const { runs, connections } = await look.ask();
    if (runs === 0 && connections === before) break;
    before = connections;
    // oxlint-disable-next-line no-await-in-loop -- it is looked until nothing moves.
    await sleep(200);
  }
  const { rss, heap, handles, listeners } = takeSample();
  return { rss, heap, handles, listeners, node: readMemory(cluster.pids[0]), ...(await look.ask()) };
}

/** Looks into a broker. */
interface Look {
  ask(): Promise<{ readonly runs: number; readonly connections: number }>;
  close(): Promise<void>;
}

async function openLook(url: string): Promise<Look> {
  if (url.startsWith('redis')) {
    const client = await connectRedis(url, 'soak');
    return {
      ask: async () => {
        const heads = await client.keys('telar:{*:*}:*');
        const list = String(await client.call('CLIENT', 'LIST'));
        return { runs: heads.length, connections: list.trim().split('\n').length };
      },
      close: async () => client.disconnect(),
    };
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    ask: async () => {
      const { rows } = await client.query(
        `SELECT (SELECT count(*) FROM telar.run)::int AS runs,
          (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int AS connections`,
      );
      return rows[0] as { runs: number; connections: number };
    },
    close: () => client.end(),
  };
}

function readMemory(pid: number | undefined): number {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}
