/*
 * Makes dist/bundle, which is what is published, of what tsc has built: the library as ES modules with chunks in common,
 * and what runs in a worker, or is loaded at the first need, as one CommonJS file each, which loads sooner. Beside those
 * of the workers stand the parts that most of them never need: build-parts.js.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';
import { buildParts, loadParts, planParts } from './build-main-parts.js';
import { buildWithParts } from './build-parts.js';

const outdir = 'dist/bundle';

/** What a module of the library finds beside itself, where the sources have folders. */
const places = {
  BUNDLED_CAPTURE: './capture.cjs',
  BUNDLED_FIND_EXPORTED: './find-exported.cjs',
  BUNDLED_PISCINA: './piscina.cjs',
  BUNDLED_PROCESSES: './processes.cjs',
  BUNDLED_ENTRY: './entry.cjs',
  BUNDLED_SPAWN_ENTRY: './spawn-entry.cjs',
  BUNDLED_PROCESS_ENTRY: './process-entry.cjs',
  BUNDLED_NESTED_ENTRY: './nested-entry.cjs',
  BUNDLED_FILL_BLOCK: './fill-block.js',
  BUNDLED_FOLD_BLOCK: './fold-block.js',
};

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  outdir,
  metafile: true,
  logLevel: 'warning',
  // What tasks import is known at run time only.
  logOverride: { 'unsupported-dynamic-import': 'silent' },
  define: Object.fromEntries(Object.entries(places).map(([name, path]) => [name, JSON.stringify(path)])),
};

/** What everybody imports. */
const main = 'dist/src/index.js';
/** Entries of those who import that one as well, or can do with it. */
const besideMain = {
  files: 'dist/src/entries/files.js',
  postgres: 'dist/src/entries/postgres.js',
  cluster: 'dist/src/entries/cluster.js',
};
/** All entries that programs import, by the names of their files. */
const entries = {
  telar: main,
  ...besideMain,
  http: 'dist/src/entries/http.js',
  memory: 'dist/src/entries/memory.js',
};
const cli = 'dist/src/cli/telar.js';
/** Modules that an entry imports beside its own, as others do then: else they would be files of their own. */
const shared = {
  [main]: ['dist/src/journal/durable/sync-file.js'],
  [entries.memory]: ['dist/src/async/backoff.js', 'dist/src/limiter/pace.js'],
};

/**
 * Makes those entries, and what is imported on demand, import the main entry. esbuild puts modules into one chunk that
 * the same entries need: so all that the main entry needs is in three files instead of 28, of which each takes 0.6 ms.
 * Each entry that programs import also notes what it exports, which it imports for that from itself.
 *
 * @type {import('esbuild').Plugin}
 */
const linkedEntries = {
  name: 'linked-entries',
  setup(esbuild) {
    const linked = new Map(Object.entries(shared).map(([file, modules]) => [resolve(file), modules]));
    for (const file of [
      ...Object.values(besideMain),
      cli,
      ...listOnDemand(),
      ...mainParts.flatMap(({ imports }) => imports),
    ])
      linked.set(resolve(file), [main]);
    const names = new Map(Object.entries(entries).map(([name, file]) => [resolve(file), name]));
    esbuild.onLoad({ filter: /\.js$/ }, ({ path }) => {
      const name = names.get(path);
      const lines = [
        ...(linked.get(path) ?? []).map((module) => `import ${JSON.stringify(resolve(module))};`),
        ...(name === undefined ? [] : nameExports(path, name)),
      ];
      return lines.length === 0 ? undefined : { contents: [readFileSync(path, 'utf8'), ...lines].join('\n') };
    });
  },
};

/** Lists the modules that others import on demand, as the compiler writes such imports. */
function listOnDemand() {
  const files = readdirSync('dist/src', { recursive: true }).map((file) => `dist/src/${file}`);
  return files
    .filter((file) => file.endsWith('.js'))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bimport\('(\.[^']+)'\)/g)].map(([, module]) =>
        resolve(dirname(file), String(module)),
      ),
    );
}

/**
 * The lines by which an entry notes what it exports.
 *
 * @param {string} path
 * @param {string} name
 */
function nameExports(path, name) {
  return [
    `import * as own from ${JSON.stringify(path)};`,
    `import { nameOwnExports } from ${JSON.stringify(resolve('dist/src/task/definition/own-exports.js'))};`,
    `nameOwnExports('./${name}.js', own);`,
  ];
}

/** The assertions of piscina. Node's module of that name takes 3 ms to load, and is loaded when one fails. */
const ASSERT = `
  module.exports = (value) => { if (!value) require('node:assert')(value); };
  module.exports.notStrictEqual = (one, other) => {
    if (Object.is(one, other)) require('node:assert').notStrictEqual(one, other);
  };
`;

/**
 * Lets piscina find the file of its threads beside its own, under the name that it has here, and leaves out what it asks
 * for only where threads are to have another priority, or where it fails.
 *
 * @type {import('esbuild').Plugin}
 */
const piscinaInPlace = {
  name: 'piscina-in-place',
  setup(esbuild) {
    esbuild.onLoad({ filter: /piscina[\\/]dist[\\/]index\.js$/ }, ({ path }) => {
      const code = readFileSync(path, 'utf8');
      const name = "__dirname, 'worker.js'";
      if (!code.includes(name)) throw new Error('piscina names the file of its threads in another way.');
      // Not every host that gives `__filename` gives the other name.
      return { contents: code.replace(name, "node_path_1.dirname(__filename), 'piscina-worker.cjs'") };
    });
    esbuild.onResolve({ filter: /^@napi-rs\/nice$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
    esbuild.onLoad({ filter: /^/, namespace: 'left-out' }, () => ({ contents: '' }));
    esbuild.onResolve({ filter: /^node:assert$/ }, ({ path, namespace }) =>
      namespace === 'on-failure' ? { path, external: true } : { path, namespace: 'on-failure' },
    );
    esbuild.onLoad({ filter: /^/, namespace: 'on-failure' }, () => ({ contents: ASSERT }));
  },
};

/**
 * Leaves out, of the parser, what looks whether regular expressions are valid: a quarter of it, with tables that take time
 * to make. Programs that run have valid ones, and the parser is given no others.
 *
 * @type {import('esbuild').Plugin}
 */
const parserOfPrograms = {
  name: 'parser-of-programs',
  setup(esbuild) {
    const parts = [
      [
        '// This file was generated by "bin/generate-unicode-script-values.js"',
        '// Object type used to represent tokens.',
      ],
      ['  // Validate pattern\n', '  // Create Literal#value property value.\n'],
    ];
    esbuild.onLoad({ filter: /acorn[\\/]dist[\\/]acorn\.mjs$/ }, ({ path }) => {
      let contents = readFileSync(path, 'utf8');
      for (const [from, to] of parts) {
        const [start, end] = [contents.indexOf(String(from)), contents.indexOf(String(to))];
        if (start === -1 || end < start) throw new Error('acorn checks regular expressions in another way.');
        contents = contents.slice(0, start) + contents.slice(end);
      }
      return { contents };
    });
  },
};

/** What runs beside the user's code on its thread has clocks of its own, and globals that a test's realm may lack. */
const inject = ['dist/src/realm/real-clocks.js', 'dist/src/realm/host-globals.js'];

rmSync(outdir, { recursive: true, force: true });

/** @type {import('esbuild').BuildOptions} */
const modules = {
  ...common,
  inject,
  format: 'esm',
  // Names stay, for those who read a stack. Lines end, for those who see one printed.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120,
  // An import for the sake of the chunks alone stays, and what a module has stays together.
  ignoreAnnotations: true,
  treeShaking: false,
  packages: 'external',
};

/** Parts of that which most programs never need. */
const partFiles = {
  pipelines: ['dist/src/pipeline/ends/read-results.js', 'dist/src/pipeline/ends/run-into.js'],
  journaled: ['dist/src/pipeline/journal/run-journaled.js'],
  spill: ['dist/src/pipeline/spill/spill-store.js', 'dist/src/pipeline/spill/spilling-merge.js'],
  encoders: ['dist/src/bytes/encode/encoder.js'],
  calls: ['dist/src/flow/calls/start-call.js'],
  recorded: ['dist/src/flow/journal/run-journal.js'],
};

const mainParts = await planParts([main, ...Object.values(entries), cli], partFiles, modules);
await build({
  ...modules,
  entryPoints: { ...entries, cli },
  splitting: true,
  plugins: [loadParts(mainParts), linkedEntries],
});
await buildParts(mainParts, modules);

/** What workers import of `telar/memory`: files by themselves, so that no other entry has a file less for them. */
const blocks = {
  'fill-block': 'dist/src/into/blocks/fill-block.js',
  'fold-block': 'dist/src/into/blocks/fold-block.js',
};
await build({ ...modules, entryPoints: blocks });

/** @type {import('esbuild').BuildOptions} */
const single = {
  ...common,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  mainFields: ['module', 'main'],
  minify: true,
  // Classes that users see have their names, here as in the library.
  keepNames: true,
  legalComments: 'eof',
  banner: { js: "const telarUrl=require('node:url').pathToFileURL(__filename).href;" },
  define: { ...common.define, 'import.meta.url': 'telarUrl', 'import.meta.env': 'undefined' },
};

/** What runs on the threads and in the processes of tasks. */
const threads = {
  entry: 'dist/workers/entry.js',
  'spawn-entry': 'dist/workers/spawn-entry.js',
  'process-entry': 'dist/workers/process/process-entry.js',
  'nested-entry': 'dist/workers/nested-entry.js',
};

/** Parts of that which many workers never need. */
const parts = {
  chain: ['dist/workers/chain/revive-chain.js'],
  revive: ['dist/src/task/revive/revive-captured.js', 'dist/src/task/revive/compile.js'],
  shared: ['dist/src/shared/open/open-seal.js'],
};

/** What the main thread loads at the first need. */
const late = {
  capture: 'dist/src/task/capture/capture.js',
  'find-exported': 'dist/src/task/reference/find-exported.js',
  piscina: 'node_modules/piscina/dist/main.js',
  processes: 'dist/src/flow/processes/processes.js',
};
/** The file of a thread of piscina: each worker loads it before any code of the user's, so it needs no clocks of its own. */
const piscinaWorker = { 'piscina-worker': 'node_modules/piscina/dist/worker.js' };

const plugins = [piscinaInPlace];
const built = await Promise.all([
  build({ ...single, entryPoints: late, inject, plugins: [...plugins, parserOfPrograms] }),
  build({ ...single, entryPoints: piscinaWorker, plugins }),
]);
const metafiles = [
  ...built.map(({ metafile }) => metafile),
  ...(await buildWithParts(threads, parts, single)),
];

for (const path of metafiles
  .flatMap(({ outputs }) => Object.keys(outputs))
  .filter((path) => path.endsWith('.cjs'))) {
  writeFileSync(path, nameClassesOnly(readFileSync(path, 'utf8')));
}

writeFileSync(
  `${outdir}/LICENSES.txt`,
  describeLicenses(metafiles.flatMap(({ inputs }) => Object.keys(inputs))),
);

/**
 * Makes the helper by which esbuild keeps names leave out functions that have no prototype. It is called whenever one
 * of them is made, and an arrow function within a task's way would cost 0.3 µs each time. The length of the code stays
 * the same, since the source map goes by it.
 *
 * @param {string} code
 */
function nameClassesOnly(code) {
  const helper = /\((\w),(\w)\)=>([\w$]+)\(\1,"name",\{value:\2,configurable:!0\}\)/;
  if (!helper.test(code)) throw new Error('esbuild keeps names in another way than build.js knows.');
  return code.replace(helper, (whole, fn, name, define) =>
    `(${fn},${name})=>${fn}.prototype?${define}(${fn},"name",{value:${name}}):${fn}`.padEnd(whole.length),
  );
}

/**
 * The licences of the packages that stand inside the files of the workers.
 *
 * @param {readonly string[]} files
 */
function describeLicenses(files) {
  const folders = new Set(files.flatMap((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const texts = [...folders].map((folder) => {
    const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    return `${name} ${version}\n\n${readFileSync(`${folder}/LICENSE`, 'utf8').trim()}\n`;
  });
  return `The files of this folder that end in .cjs hold code of these packages.\n\n${texts.join('\n\n')}`;
}
