import type { ClusterOptions, ClusterProblem } from 'telar/cluster';
import * as stages from '../../fixtures/cluster/stages.ts';

/** Servers and addresses that the rows of the tables use. */
export interface Places {
  readonly redis: string;
  /** A Redis server that may drop keys. */
  readonly evicting: string;
  /** Accounts of the Redis server that may do too little, or do not exist. */
  readonly weak: string;
  readonly unknown: string;
  readonly nobody: string;
  readonly postgres: string;
  readonly empty: string;
  readonly poor: string;
  /** A server with the tables of Telar alone. */
  readonly half: string;
  readonly file: string;
}

/** A call that cannot go on. */
export interface Row {
  readonly title: string;
  readonly options: (places: Places) => ClusterOptions;
  readonly task?: (item: never) => unknown;
  readonly reason: ClusterProblem;
  readonly says: RegExp;
}

const LATER = /No node of the queue 'errors' has \S+ in version \S+: /.source;
/** Queue of the one node that there is, and the password of all accounts. */
export const QUEUE = 'errors';
export const PASSWORD = 'not-to-be-shown';

export const rows: readonly Row[] = [
  {
    title: 'a task that no node has',
    options: ({ redis }) => ({ connection: redis, queue: QUEUE }),
    task: stages.isKept as never,
    reason: 'no-node',
    says: new RegExp(
      `^${LATER}1 node is there, with tasks#.*\\. Start one with: npx telar worker --queue errors --tasks ./stages.js$`,
    ),
  },
  {
    title: 'a version that no node has',
    options: ({ redis }) => ({ connection: redis, queue: QUEUE, build: 'v2' }),
    reason: 'no-node',
    says: new RegExp(
      `^${LATER}1 node has tasks#answer in version [0-9a-f]{32}, and this program has version v2\\. Start one`,
    ),
  },
  {
    title: 'a queue that nobody serves',
    options: ({ redis }) => ({ connection: redis, queue: 'nobody' }),
    reason: 'no-node',
    says: /^No node of the queue 'nobody' has tasks#answer in version \S+: no node is there\. Start one with: npx telar worker --queue nobody/,
  },
  {
    title: 'a Redis that is not there',
    options: ({ nobody }) => ({ connection: `redis://me:${PASSWORD}@${nobody}/0` }),
    reason: 'broker',
    says: /^The broker redis:\/\/127\.0\.0\.1:\d+\/0 cannot be used: connect ECONNREFUSED/,
  },
  {
    title: 'a PostgreSQL that is not there',
    options: ({ nobody }) => ({ connection: `postgres://me:${PASSWORD}@${nobody}/db` }),
    reason: 'broker',
    says: /^The broker postgres:\/\/127\.0\.0\.1:\d+\/db cannot be used: connect ECONNREFUSED/,
  },
  {
    title: 'a Redis that drops what it is given',
    options: ({ evicting }) => ({ connection: evicting }),
    reason: 'broker',
    says: /its maxmemory-policy is 'allkeys-lru'\. Set it to 'noeviction'\.$/,
  },
  {
    title: 'a Redis account that may not write the keys',
    options: ({ weak }) => ({ connection: weak }),
    reason: 'broker',
    says: /^The account may not use the keys of Telar: ACL SETUSER /,
  },
  {
    title: 'a Redis account that there is not',
    options: ({ unknown }) => ({ connection: unknown }),
    reason: 'broker',
    says: /^The broker does not know the user or the password of `connection`\.$/,
  },
  {
    title: 'a PostgreSQL without tables',
    options: ({ empty }) => ({ connection: empty }),
    reason: 'broker',
    says: /^The broker has no tables for Telar: run `npx telar cluster init/,
  },
  {
    title: 'a PostgreSQL without the tables of BullMQ',
    options: ({ half }) => ({ connection: half }),
    reason: 'broker',
    says: /^The broker has no tables for BullMQ of this version: run `npx telar cluster init/,
  },
  {
    title: 'a PostgreSQL role without rights',
    options: ({ poor }) => ({ connection: poor }),
    reason: 'broker',
    says: /^The role may not use the tables of Telar: GRANT USAGE ON SCHEMA telar/,
  },
];
