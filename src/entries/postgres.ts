/// <reference types="node" preserve="true" />
export type { Connection, PgClient, PgPool, PgResult } from '../io/postgres/connection/connection.ts';
export { copyInto, type CopyOptions } from '../io/postgres/copy-into.ts';
export { copyOut } from '../io/postgres/copy-out.ts';
export type { Conflict } from '../io/postgres/insert/conflict.ts';
export { insertInto, type InsertOptions } from '../io/postgres/insert-into.ts';
export { query, type QueryOptions } from '../io/postgres/query.ts';
export type { RejectedRow, RejectedSink } from '../io/postgres/rejected/rejected-rows.ts';
export { type Sql, sql } from '../io/postgres/insert/sql.ts';
