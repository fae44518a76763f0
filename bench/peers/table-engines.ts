import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Engines for tables that are installed when a case that compares with them is asked for by its name. */
export const engines = ['duckdb', 'polars'] as const;
export type Engine = (typeof engines)[number];

const FOLDER = fileURLToPath(new URL('../../../.cache/bench/', import.meta.url));

const packages: Readonly<Record<Engine, readonly [name: string, ...others: readonly string[]]>> = {
  duckdb: ['@duckdb/node-api@1.5.6-r.1'],
  // The build for this platform is asked for by name: npm leaves it out where Node is older than it says.
  polars: ['nodejs-polars@0.25.2', `nodejs-polars-${describePlatform()}@0.25.2`],
};

const imports: Readonly<Record<Engine, string>> = { duckdb: '@duckdb/node-api', polars: 'nodejs-polars' };

/** Reasons why engines are left out, by their names. */
const missing = new Map<Engine, string>(
  engines.map((engine) => [engine, `left out: ${engine}, which is there when its case is asked for by name`]),
);

/** Installs the engines, into a folder that git does not see. One that cannot be installed is left out, with the reason. */
export function installEngines(): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}package.json`, '{ "private": true }\n');
  for (const engine of engines) {
    const reason = tryImport(engine) && (install(engine) ?? tryImport(engine));
    if (reason === undefined) missing.delete(engine);
    else missing.set(engine, `left out: ${engine}, since ${reason}`);
  }
}

/** Tells why an engine is not there; `undefined` where it is. */
export function findMissing(engine: Engine): string | undefined {
  return missing.get(engine);
}

/** Imports an engine that was installed. */
export function importEngine(engine: Engine): unknown {
  return createRequire(`${FOLDER}package.json`)(imports[engine]);
}

function install(engine: Engine): string | undefined {
  const all = engines.flatMap((one) => (one === engine || tryImport(one) === undefined ? packages[one] : []));
  console.log(`installing ${packages[engine].join(', ')} into .cache/bench`);
  const { status, stderr, error } = spawnSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--no-package-lock', '--save-exact', ...all],
    { cwd: FOLDER, encoding: 'utf8', shell: process.platform === 'win32', timeout: 300_000 },
  );
  if (status === 0) return undefined;
  const said = error?.message ?? stderr.split('\n').find((line) => line.startsWith('npm error'));
  return `npm could not install it: ${said ?? `it ended with ${status}`}`;
}

/** Imports an engine in another process, so that this one stays without it. Returns why that failed. */
function tryImport(engine: Engine): string | undefined {
  const code = `require(${JSON.stringify(imports[engine])})`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', code], { cwd: FOLDER, encoding: 'utf8' });
  return status === 0 ? undefined : (/^.*Error: .*$/m.exec(stderr)?.[0] ?? 'it cannot be imported');
}

function describePlatform(): string {
  const { platform, arch } = process;
  if (platform === 'darwin') return `darwin-${arch}`;
  if (platform === 'win32') return `win32-${arch}-msvc`;
  const { glibcVersionRuntime } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } })
    .header;
  return `${platform}-${arch}-${glibcVersionRuntime === undefined ? 'musl' : 'gnu'}`;
}
