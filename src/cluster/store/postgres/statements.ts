/*
 * The steps, one statement each: it is atomic, no lock outlives it when its program is stopped, and unlike a function in the
 * database it is of the same version as the program that sends it.
 *
 * Under READ COMMITTED a statement sees what was committed before it began, but a row that it waits for as it is
 * then. So: whatever belongs to a caller (open, renew, put, drop, end) takes the lock of the run first, whatever belongs to a node
 * takes that of one chunk and no other, and nothing waits for a run while it holds a chunk. Hence there is no deadlock, and
 * what a caller reads of its run cannot be older than what it waited for.
 *
 * A run whose time is over is invisible to all of them: who deletes it, and when, makes no difference.
 */

/** The run of a queue, $1, and id, $2, that is there. */
const IS_RUN = 'r.queue = $1 AND r.id = $2 AND r.life_until > clock_timestamp()';

/** Time of the server in microseconds: neither epochs nor numbers come twice, also when all of the run was deleted or lost. */
const MICROS = '(extract(epoch FROM clock_timestamp()) * 1000000)::bigint';

/** The moment that lies so many milliseconds ahead. */
function ahead(milliseconds: string): string {
  return `clock_timestamp() + ${milliseconds}::float8 * interval '1 millisecond'`;
}

/** Makes a run that is not there: queue, id, caller, lease, life, head. */
export const CREATE_RUN: string = `
  INSERT INTO telar.run (queue, id, caller, lease_until, life_until, head, epoch, next)
  SELECT $1, $2, $3, ${ahead('$4')}, ${ahead('$5')}, $6, micros, micros FROM (SELECT ${MICROS} AS micros) AS t
  ON CONFLICT DO NOTHING
  RETURNING epoch, next`;

/** Takes up a run that is there: queue, id, caller, lease, life, head. */
export const TAKE_UP: string = `
  UPDATE telar.run AS r SET epoch = greatest(r.epoch + 1, ${MICROS}), next = greatest(r.next, ${MICROS}),
    caller = $3, lease_until = ${ahead('$4')}, life_until = ${ahead('$5')}
  WHERE ${IS_RUN} AND r.head = $6 AND (r.caller = $3 OR r.lease_until <= clock_timestamp())
  RETURNING r.epoch, r.next`;

/** Says why a run is not taken up: queue, id. */
export const SHOW_RUN: string = `
  SELECT r.head, r.epoch, CASE WHEN r.lease_until > clock_timestamp() THEN r.caller END AS holder
  FROM telar.run AS r WHERE ${IS_RUN}`;

/** Deletes a run whose time is over: queue, id. */
export const DELETE_OVER: string = `
  DELETE FROM telar.run AS r WHERE r.queue = $1 AND r.id = $2 AND r.life_until <= clock_timestamp()`;

/** Drops what earlier epochs have outstanding: queue, id, epoch. */
export const DROP_OLD: string = `
  WITH held AS (SELECT r.key FROM telar.run AS r WHERE ${IS_RUN} FOR NO KEY UPDATE)
  DELETE FROM telar.chunk AS c USING held WHERE c.run = held.key AND c.epoch < $3::bigint AND c.input IS NOT NULL`;

/** Lists what has outcomes: queue, id. */
export const LIST_COMMITTED: string = `
  SELECT c.n, c.meta FROM telar.run AS r JOIN telar.chunk AS c ON c.run = r.key
  WHERE ${IS_RUN} AND c.output IS NOT NULL`;

/** Prolongs lease and life: queue, id, caller, lease, life, epoch. */
export const RENEW: string = `
  UPDATE telar.run AS r SET caller = $3, lease_until = ${ahead('$4')}, life_until = ${ahead('$5')}
  WHERE ${IS_RUN} AND r.epoch = $6::bigint RETURNING 1`;

/**
 * Makes chunks outstanding: queue, id, caller, lease, life, epoch, numbers, metas, inputs as one run of bytes, where each begins,
 * and its length. One value of bytes crosses as it is; an array of them as digits, at twice the length.
 */
export const PUT: string = `
  WITH held AS (
    UPDATE telar.run AS r SET caller = $3, lease_until = ${ahead('$4')}, life_until = ${ahead('$5')},
      next = greatest(r.next, (SELECT max(n) + 1 FROM unnest($7::bigint[]) AS n))
    WHERE ${IS_RUN} AND r.epoch = $6::bigint RETURNING r.key, r.epoch
  ), added AS (
    INSERT INTO telar.chunk (run, epoch, n, meta, input)
    SELECT held.key, held.epoch, c.n, c.meta, substring($9::bytea FROM c.start FOR c.length)
    FROM held, unnest($7::bigint[], $8::text[], $10::integer[], $11::integer[]) AS c(n, meta, start, length)
    ON CONFLICT DO NOTHING
  )
  SELECT 1 FROM held`;

/** Returns outputs: queue, id, numbers. */
export const TAKE: string = `
  SELECT c.n, c.output FROM telar.run AS r JOIN telar.chunk AS c ON c.run = r.key
  WHERE ${IS_RUN} AND c.n = ANY ($3::bigint[]) AND c.output IS NOT NULL`;

/** Returns which are outstanding: queue, id, numbers. */
export const FIND_OUTSTANDING: string = `
  SELECT c.n FROM telar.run AS r JOIN telar.chunk AS c ON c.run = r.key
  WHERE ${IS_RUN} AND c.n = ANY ($3::bigint[]) AND c.input IS NOT NULL`;

/** Deletes chunks: queue, id, numbers. */
export const DROP: string = `
  WITH held AS (SELECT r.key FROM telar.run AS r WHERE ${IS_RUN} FOR NO KEY UPDATE)
  DELETE FROM telar.chunk AS c USING held WHERE c.run = held.key AND c.n = ANY ($3::bigint[])`;

/** Lets a run go, and says so: queue, id, epoch, channel. */
export const LEAVE: string = `
  WITH held AS (
    UPDATE telar.run AS r SET epoch = r.epoch + 1, lease_until = '-infinity'
    WHERE ${IS_RUN} AND r.epoch = $3::bigint RETURNING r.key, r.id
  ), dropped AS (
    DELETE FROM telar.chunk AS c USING held WHERE c.run = held.key AND c.input IS NOT NULL
  )
  SELECT pg_notify($4, id) FROM held`;

/** Deletes a run, with its chunks, and says so: queue, id, epoch, channel. */
export const END: string = `
  WITH gone AS (DELETE FROM telar.run WHERE queue = $1 AND id = $2 AND epoch = $3::bigint RETURNING id)
  SELECT pg_notify($4, id) FROM gone`;

/** An outstanding chunk, by its number. */
const IS_OUTSTANDING = `${IS_RUN} AND c.run = r.key AND c.n = $3::bigint AND c.input IS NOT NULL`;

/** Condition under which a node gets more than the buffers of a connection take. */
const IS_LARGE = 'octet_length(c.input) + coalesce(octet_length(c.part), 0) > 65536';

/**
 * Counts a start: queue, id, number. Large payloads are left to `READ`: until a node has received its answer, the lock of the
 * chunk is held, and a node may be stopped meanwhile.
 */
export const BEGIN: string = `
  UPDATE telar.chunk AS c SET starts = c.starts + 1 FROM telar.run AS r WHERE ${IS_OUTSTANDING}
  RETURNING r.head, c.meta, c.starts, ${IS_LARGE} AS "isLarge",
    CASE WHEN ${IS_LARGE} THEN NULL ELSE c.input END AS input,
    CASE WHEN ${IS_LARGE} THEN NULL ELSE c.part END AS part`;

/** Returns the payloads of an outstanding chunk: queue, id, number. */
export const READ: string = `
  SELECT c.input, c.part FROM telar.run AS r, telar.chunk AS c WHERE ${IS_OUTSTANDING}`;

/** Keeps what is done so far: queue, id, number, part. */
export const NOTE: string = `
  UPDATE telar.chunk AS c SET part = $4 FROM telar.run AS r WHERE ${IS_OUTSTANDING}`;

/** Takes a start back: queue, id, number. */
export const RELEASE: string = `
  UPDATE telar.chunk AS c SET starts = c.starts - 1 FROM telar.run AS r WHERE ${IS_OUTSTANDING} AND c.starts > 0`;

/** Puts outcomes in the place of the input: queue, id, number, output. */
export const COMMIT: string = `
  UPDATE telar.chunk AS c SET output = $4, input = NULL, part = NULL, starts = 0 FROM telar.run AS r
  WHERE ${IS_OUTSTANDING} RETURNING 1`;
