import { type Engine, engines, findMissing } from '../../peers/table-engines.ts';
import type { FileContender } from './conversion.ts';

const NAMES: Readonly<Record<Engine, string>> = { duckdb: 'DuckDB', polars: 'Polars' };

/** Lists what one would use instead for a question about a table. */
export function listEngines(...args: readonly string[]): FileContender[] {
  return engines.map((engine) => ({
    name: NAMES[engine],
    role: 'peer',
    missing: findMissing(engine),
    program: { file: `tables/${engine}.js`, args },
  }));
}
