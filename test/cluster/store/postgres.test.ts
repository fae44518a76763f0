import { openPostgres } from '../../../src/cluster/store/postgres/broker.ts';
import { initSchema } from '../../../src/cluster/store/postgres/schema.ts';
import { usePostgres } from '../../servers/postgres.ts';
import { describeStore } from './contract.ts';

const server = usePostgres();
let ready: Promise<void> | undefined;

const QUEUE = 'contract';

describeStore('PostgreSQL', {
  open: async () => {
    await (ready ??= initSchema(server.url));
    return await openPostgres(server.url, QUEUE);
  },
  lapse: async (run) => {
    await server.query(`UPDATE telar.run SET lease_until = now() WHERE queue = '${QUEUE}' AND id = '${run}'`);
  },
});
