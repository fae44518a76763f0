/** The tables, made anew. */
export const SCHEMA = `
  DROP TABLE IF EXISTS files, packages, licences;
  CREATE TABLE files (path text PRIMARY KEY, package text, bytes int, lines int, parses boolean, functions int);
  CREATE TABLE packages (name text PRIMARY KEY, version text, licence text);
  CREATE TABLE licences (id text PRIMARY KEY, permissive boolean);
`;

/** Questions that one wants to ask of the tables. */
export const QUESTIONS: readonly { readonly question: string; readonly sql: string }[] = [
  {
    question: 'Which packages have the most code?',
    sql: `SELECT package, count(*)::int AS files, sum(lines)::int AS lines, sum(functions)::int AS functions
          FROM files GROUP BY package ORDER BY lines DESC, package LIMIT 5`,
  },
  {
    question: 'How much code is under which licence?',
    sql: `SELECT licence, permissive, count(DISTINCT name)::int AS packages, coalesce(sum(lines), 0)::int AS lines
          FROM packages JOIN licences ON id = licence LEFT JOIN files ON package = name
          GROUP BY licence, permissive ORDER BY lines DESC, licence LIMIT 8`,
  },
  {
    question: 'Where is the code that does not parse as a script or a module?',
    sql: `SELECT package, version, count(*)::int AS files FROM files JOIN packages ON name = package
          WHERE NOT parses GROUP BY package, version ORDER BY files DESC, package LIMIT 5`,
  },
];
