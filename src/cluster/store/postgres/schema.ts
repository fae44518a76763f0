import { ClusterError } from '../../cluster-error.ts';
import { connectOnce } from './connections.ts';

/** Form of the tables, which a change of theirs raises. */
const FORMAT = 1;

/**
 * Payloads are kept out of their rows and as they are: they are compressed already where that helps. Rows have room for
 * their next version on the same page, so that no step but `put` touches an index.
 */
const DEFINITIONS = `
  CREATE SCHEMA IF NOT EXISTS telar;
  CREATE TABLE IF NOT EXISTS telar.run (
    key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue text NOT NULL,
    id text NOT NULL,
    head text NOT NULL,
    epoch bigint NOT NULL,
    next bigint NOT NULL,
    caller text NOT NULL,
    lease_until timestamptz NOT NULL,
    life_until timestamptz NOT NULL,
    UNIQUE (queue, id)
  ) WITH (fillfactor = 70);
  CREATE TABLE IF NOT EXISTS telar.chunk (
    run bigint NOT NULL REFERENCES telar.run ON DELETE CASCADE,
    n bigint NOT NULL,
    epoch bigint NOT NULL,
    meta text NOT NULL,
    input bytea,
    output bytea,
    part bytea,
    starts integer NOT NULL DEFAULT 0,
    PRIMARY KEY (run, n)
  ) WITH (fillfactor = 70);
  ALTER TABLE telar.chunk ALTER input SET STORAGE EXTERNAL,
    ALTER output SET STORAGE EXTERNAL, ALTER part SET STORAGE EXTERNAL;
  CREATE TABLE IF NOT EXISTS telar.node (
    queue text NOT NULL,
    id text NOT NULL,
    info text NOT NULL,
    seen timestamptz NOT NULL,
    PRIMARY KEY (queue, id)
  ) WITH (fillfactor = 70);
  CREATE TABLE IF NOT EXISTS telar.state (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    format integer NOT NULL,
    swept timestamptz NOT NULL DEFAULT '-infinity'
  );
  INSERT INTO telar.state (format) VALUES (${FORMAT}) ON CONFLICT DO NOTHING;`;

/** Two that do this at once would find the same tables missing. The number is 'telar' in ASCII. */
const LOCK = 'SELECT pg_advisory_xact_lock(499968958834)';

/** Makes the tables, unless they are there: the work of `telar cluster init` on a server. */
export async function initSchema(connection: string): Promise<void> {
  const { client, close } = await connectOnce(connection);
  try {
    // Statements that are sent as one text are one transaction.
    await client.query(`${LOCK};${DEFINITIONS}`);
    const { rows } = await client.query('SELECT format FROM telar.state');
    assertFormat(rows[0]?.['format']);
  } finally {
    await close();
  }
}

/** Throws unless the tables have the form that this version of Telar knows. */
export function assertFormat(format: unknown): void {
  if (format === FORMAT) return;
  const remedy =
    Number(format) > FORMAT
      ? 'a newer version of Telar has made them: use that'
      : 'run `npx telar cluster init` with this version of Telar';
  throw new ClusterError(
    `The tables of the broker have form ${String(format)}, and this version of Telar knows form ${FORMAT}: ${remedy}.`,
    'version',
  );
}
