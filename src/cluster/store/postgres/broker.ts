import { ClusterError } from '../../cluster-error.ts';
import type { Broker } from '../broker.ts';
import { CommitNews } from './notify.ts';
import { Connections } from './connections.ts';
import { PostgresNews } from './news.ts';
import { NO_RIGHTS, NO_WRITES, RIGHTS, TABLES } from './problems.ts';
import { PostgresRegistry } from './registry.ts';
import { PostgresRuns } from './run-store.ts';
import { assertFormat } from './schema.ts';

/** Opens a broker on a PostgreSQL server whose tables `initSchema` has made. Connections are made at the first step. */
export async function openPostgres(connection: string, queue: string): Promise<Broker> {
  const connections = await Connections.open(connection, `telar:${queue}`);
  return {
    runs: new PostgresRuns(connections, queue, new CommitNews(connections, queue)),
    registry: new PostgresRegistry(connections, queue),
    news: new PostgresNews(connections, queue),
    check: () => check(connections),
    reset: (silence) => connections.reset(silence),
    close: async () => connections.close(),
  };
}

const CHECK = `
  SELECT format, current_setting('transaction_read_only') = 'on' AS "isReadOnly",
    (SELECT bool_and(has_table_privilege(name, needed)) FROM unnest($1::text[]) AS name, unnest($2::text[]) AS needed)
      AS "mayWrite"
  FROM telar.state`;

/** Throws unless the server has the tables, and takes writes to them. */
async function check(connections: Connections): Promise<void> {
  const [row] = await connections.query(CHECK, [TABLES, RIGHTS]);
  assertFormat(row?.['format']);
  if (row?.['mayWrite'] !== true) throw new ClusterError(NO_RIGHTS, 'broker');
  if (row['isReadOnly'] === true) throw new ClusterError(NO_WRITES, 'broker');
}
