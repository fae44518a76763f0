/**
 * Joins three APIs into PostgreSQL: files, which the workers parse, packages and licences. They share a server, and so one
 * session with its limits.
 * Serves the folder (node_modules) itself, and starts a PostgreSQL of its own unless DATABASE_URL names one.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { session } from 'telar/http';
import { gather, pipeline, type PipelineSummary } from 'telar';
import { copyInto, insertInto, query } from 'telar/postgres';
import { startPostgres } from '../servers/postgres.ts';
import { parsePage } from './parse-page.ts';
import { QUESTIONS, SCHEMA } from './questions.ts';
import { describeRun, describeTable } from './report.ts';

const [folder = 'node_modules'] = process.argv.slice(2);
const api = spawn(
  process.execPath,
  [fileURLToPath(new URL('../servers/packages-api.js', import.meta.url)), folder],
  {
    stdio: ['pipe', 'pipe', 'inherit'],
  },
);
const [[greeting], database] = await Promise.all([once(api.stdout, 'data'), startPostgres()]);
const server = String(greeting).trim();
try {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(SCHEMA);
  await client.end();
  const summary = await load(server, database.url);

  for (const { question, sql } of QUESTIONS) {
    const rows: Record<string, unknown>[] = [];
    for await (const row of query(database.url, sql)) rows.push(row);
    process.stdout.write(`${question}\n${describeTable(rows)}\n`);
  }
  process.stdout.write(describeRun(summary));
} finally {
  api.stdin.end();
  await database.stop();
}

/** Loads the three tables side by side; the first failure ends the others. */
async function load(url: string, db: string): Promise<PipelineSummary> {
  const { download, pages } = session({ baseUrl: url, retries: 3, concurrency: 16, rate: 200 });
  const first = await download<{ pages: number }>('files', { as: 'json' });
  const numbers = Array.from({ length: first.pages }, (_, at) => at + 1);
  const progress = process.stderr.isTTY;
  const [files] = await gather([
    (signal) =>
      pipeline(numbers)
        .io((page, _, call) => download('files', { query: { page }, signal: call.signal }), {
          name: 'download',
          concurrency: 16,
        })
        .cpu(parsePage)
        .to(copyInto(db, 'files'), { signal, signals: true, progress }),
    (signal) => {
      const cursor = { parameter: 'after', next: (body: { next: number | null }) => body.next };
      const items = (body: { packages: object[]; next: number | null }): object[] => body.packages;
      const packages = pages('packages', { items, cursor, signal });
      const sink = insertInto(db, 'packages', { conflict: { on: ['name'] } });
      return pipeline(packages).to(sink, { signal, signals: true });
    },
    (signal) => {
      const licences = pages('licences', { items: (body: object[]) => body, signal });
      return pipeline(licences).to(copyInto(db, 'licences'), { signal, signals: true });
    },
  ]);
  return files;
}
