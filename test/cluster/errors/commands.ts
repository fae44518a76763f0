import { TASKS } from '../harness.ts';
import { PASSWORD, type Places } from './calls.ts';

/** A command line that cannot do what it says. */
export interface Line {
  readonly title: string;
  readonly args: (places: Places) => readonly string[];
  readonly says: RegExp;
}

const worker = (...args: string[]): string[] => ['worker', '--tasks', TASKS, ...args];

export const lines: readonly Line[] = [
  {
    title: 'a command that there is not',
    args: () => ['work'],
    says: /There is no command 'work'\. Commands: worker, cluster\./,
  },
  {
    title: 'an action that there is not',
    args: ({ redis }) => ['cluster', 'stats', '--connection', redis],
    says: /There is no 'cluster stats'\. Usage: telar cluster init/,
  },
  {
    title: 'an action, before there is a broker',
    args: () => ['cluster', 'stats'],
    says: /There is no 'cluster stats'\./,
  },
  {
    title: 'an option that an action does not go by',
    args: () => ['cluster', 'init', '--json'],
    says: /'cluster init' takes no --json\./,
  },
  {
    title: 'a word that an action does not go by',
    args: () => ['cluster', 'status', 'nightly'],
    says: /'cluster status' takes nothing behind it, got 'nightly'\./,
  },
  {
    title: 'no run to forget',
    args: () => ['cluster', 'forget'],
    says: /Expected one run: telar cluster forget <run>\./,
  },
  {
    title: 'help for a command that there is not',
    args: () => ['help', 'work'],
    says: /There is no command 'work'\./,
  },
  {
    title: 'an option that there is not',
    args: () => worker('--quue', 'x'),
    says: /Unknown option '--quue'\. See --help\./,
  },
  { title: 'an option without its value', args: () => worker('--queue'), says: /--queue.*See --help\./ },
  {
    title: 'no tasks',
    args: () => ['worker'],
    says: /Expected --tasks, such as --tasks \.\/dist\/tasks\.js\./,
  },
  {
    title: 'no broker',
    args: () => worker(),
    says: /Expected `connection`, or TELAR_BROKER in the environment/,
  },
  {
    title: 'a broker of another kind',
    args: () => worker('--connection', 'amqp://host'),
    says: /begins with redis:\/\/, rediss:\/\/ or postgres:\/\//,
  },
  {
    title: 'a file that is not there',
    args: ({ redis }) => ['worker', '--connection', redis, '--tasks', './nowhere.js'],
    says: /There is no module of tasks \.\/nowhere\.js/,
  },
  {
    title: 'two modules of one name',
    args: ({ redis }) => worker('--connection', redis, '--tasks', TASKS),
    says: /Two modules of tasks have the name 'tasks'/,
  },
  {
    title: 'a queue that is no name',
    args: ({ redis }) => worker('--connection', redis, '--queue', 'a:b'),
    says: /Expected `queue` to be 1 to 64 letters/,
  },
  {
    title: 'a build that is no name',
    args: ({ redis }) => worker('--connection', redis, '--build', 'v 1'),
    says: /Expected `build` to be 1 to 64 letters/,
  },
  {
    title: 'a count that is none',
    args: ({ redis }) => worker('--connection', redis, '--workers', 'many'),
    says: /Expected --workers to be a whole number from 1, got 'many'\./,
  },
  {
    title: 'a time that is none',
    args: ({ redis }) => worker('--connection', redis, '--lock', 'soon'),
    says: /Expected --lock to be a time such as 500ms, 10s or 2m, got 'soon'\./,
  },
  {
    title: 'a secret that is not there',
    args: ({ redis }) => worker('--connection', redis, '--secret-file', '/nowhere'),
    says: /Cannot read --secret-file \/nowhere: ENOENT\./,
  },
  {
    title: 'a kind of isolation that there is not',
    args: ({ redis }) => worker('--connection', redis, '--isolate', 'vm'),
    says: /Expected `isolate` to be 'thread', 'process' or 'suspects'/,
  },
  {
    title: 'a broker that is not there',
    args: ({ nobody }) => ['cluster', 'status', '--connection', `redis://me:${PASSWORD}@${nobody}/0`],
    says: /The broker redis:\/\/127\.0\.0\.1:\d+\/0 cannot be used: connect ECONNREFUSED/,
  },
  {
    title: 'a broker that evicts',
    args: ({ evicting }) => worker('--connection', evicting),
    says: /Set it to 'noeviction'/,
  },
  {
    title: 'an account without rights',
    args: ({ weak }) => worker('--connection', weak),
    says: /ACL SETUSER/,
  },
  {
    title: 'a server without tables',
    args: ({ empty }) => worker('--connection', empty),
    says: /run `npx telar cluster init/,
  },
  {
    title: 'a role without rights',
    args: ({ poor }) => ['cluster', 'status', '--connection', poor],
    says: /GRANT USAGE ON SCHEMA telar/,
  },
  {
    title: 'a role that may not create tables',
    args: ({ poor }) => ['cluster', 'init', '--connection', poor],
    says: /permission denied/,
  },
];
