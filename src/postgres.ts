export type { Connection, PgClient, PgPool, PgResult } from './io/postgres/connection.ts';
export { copyInto, type CopyOptions } from './io/postgres/copy-into.ts';
export { copyOut } from './io/postgres/copy-out.ts';
export { type Conflict, insertInto, type InsertOptions } from './io/postgres/insert-into.ts';
export { query, type QueryOptions } from './io/postgres/query.ts';
