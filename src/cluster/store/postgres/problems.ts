import { ClusterError } from '../../cluster-error.ts';

/** The tables, and the rights on each that callers and nodes need. */
export const TABLES = ['telar.run', 'telar.chunk', 'telar.node', 'telar.state'] as const;
export const RIGHTS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;

const NO_TABLES =
  'The broker has no tables for Telar: run `npx telar cluster init --connection …` once, as a role that may create them.';
export const NO_RIGHTS: string = `The role may not use the tables of Telar: GRANT USAGE ON SCHEMA telar, and ${RIGHTS.join(', ')} ON ALL TABLES IN SCHEMA telar.`;
export const NO_WRITES =
  'The server takes no writes: it is a standby, or was made read-only. Connect to the primary.';

/** The codes of the server, and what each means here. */
const REMEDIES: Readonly<Record<string, string>> = {
  // No such table; schema.
  '42P01': NO_TABLES,
  '3F000': NO_TABLES,
  // Insufficient privilege; read-only transaction.
  '42501': NO_RIGHTS,
  '25006': NO_WRITES,
};

/** Tells what to do where the server is there and cannot be used as it is; other errors stay what they are. */
export function describeProblem(thrown: unknown): unknown {
  const { code } = Object(thrown) as { code?: unknown };
  const message = REMEDIES[String(code)];
  return message === undefined ? thrown : new ClusterError(message, 'broker', { cause: thrown });
}
