/*
 * Parts of the main thread's modules that most programs never need, each a CommonJS file beside them that is required at
 * the first call of one of its functions: at once, since what a call captures are the values of its moment. Where a part
 * imports modules on demand, they are parts as well. A module exists once: a part is a function that is given what it has
 * in common with the modules that load it.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';
import { FOOT, HEAD, listTaken, takeShared, toFile, writeCalls } from './build-parts.js';

/**
 * @typedef {import('esbuild').BuildOptions} Options
 *
 * @typedef {object} Part
 * @property {string} name
 * @property {readonly string[]} files The modules whose functions load it, or that are imported on demand.
 * @property {readonly string[]} own All modules that it holds.
 * @property {readonly string[]} loads Names of the parts that it loads.
 * @property {ReadonlyMap<string, readonly string[]>} taken Names that it takes, by the module that has them.
 * @property {readonly string[]} late Modules, of those, that programs import on demand only.
 * @property {readonly string[]} imports Modules that it imports on demand itself.
 */

/** The module, in the bundle alone, that loads a part. */
const LOADER = /^telar-part:/;
/** What loads a file, with a message where it is missing. */
const OWN_FILES = 'dist/src/machine/own-files.js';
/** Stands around a part, which has no `import.meta.url`. */
const HEAD_OF_MODULE = `${HEAD}const telarUrl=require('node:url').pathToFileURL(__filename).href;`;
/** What is imported on demand, as the compiler writes it. */
const ON_DEMAND = /\bimport\('(\.[^']+)'\)/g;

/**
 * Finds out what each part holds: what none of the entries needs but by its functions.
 *
 * @param {readonly string[]} entries The first is the one that loads the parts.
 * @param {Readonly<Record<string, readonly string[]>>} partFiles The modules that load each part; a part comes before those
 *   that it loads.
 * @param {Options} options
 * @returns {Promise<readonly Part[]>}
 */
export async function planParts(entries, partFiles, options) {
  const { metafile } = await build({ ...options, entryPoints: [...entries], write: false });
  const inputs = metafile?.inputs ?? {};
  const owners = new Map(
    Object.entries(partFiles).flatMap(([name, files]) => files.map((file) => [file, name])),
  );
  const list = (/** @type {string} */ file, /** @type {boolean} */ isOnDemand) =>
    (inputs[file]?.imports ?? [])
      .filter(({ kind, external }) => external !== true && isOnDemand === (kind === 'dynamic-import'))
      .map(({ path }) => path);
  /** Lists what files need, without what parts give; also on demand, or not. */
  const reach = (/** @type {readonly string[]} */ files, withOnDemand = false) => {
    const found = new Set(files);
    // A set that grows is walked to its end.
    for (const file of found) {
      for (const path of [...list(file, false), ...(withOnDemand ? list(file, true) : [])])
        if (!owners.has(path)) found.add(path);
    }
    return found;
  };
  // What parts import on demand is in files of the entries' kind, unless it is a part.
  const demandedByAll = Object.keys(inputs).flatMap((file) => list(file, true));
  const known = reach([...entries, ...demandedByAll.filter((file) => !owners.has(file))], true);
  /** What is there as soon as the first entry is: its own, and what it gives to the parts that it loads. */
  const atOnce = reach(entries.slice(0, 1));
  const injected = (options.inject ?? []).map((file) => /** @type {const} */ ([file, listExports(file)]));
  /** @type {Part[]} */
  const parts = [];
  for (const [name, files] of Object.entries(partFiles)) {
    const own = [...reach(files)].filter((module) => !known.has(module));
    for (const module of own) known.add(module);
    const demanded = own.flatMap((file) => list(file, true));
    const taken = new Map([...listTaken(own), ...injected]);
    const before = parts.flatMap((part) => part.own);
    const isOnDemand = parts.some((part) => part.loads.includes(name));
    if (!isOnDemand) for (const file of reach([...taken.keys()])) atOnce.add(file);
    const late = [...taken.keys()].filter((file) => !atOnce.has(file) && !before.includes(file));
    const loads = [...new Set(demanded.flatMap((file) => owners.get(file) ?? []))];
    const imports = demanded.filter((file) => !owners.has(file));
    parts.push({ name, files, own, loads, taken, late, imports });
  }
  for (const { name, taken } of parts) {
    for (const file of taken.keys()) {
      const owner = parts.find(
        ({ own, files, loads }) => own.includes(file) && !files.includes(file) && !loads.includes(name),
      );
      if (owner !== undefined) throw new Error(`${name} takes ${file}, which is in ${owner.name} alone.`);
    }
  }
  // What a part takes is given by the one that loads it, which takes it in turn where it is not its own.
  return parts.map((part) => {
    const taken = new Map(part.taken);
    const imports = new Set(part.imports);
    const loaded = parts.filter(({ name }) => part.loads.includes(name));
    if (loaded.length > 0) addNames(taken, OWN_FILES, ['requireOwn']);
    for (const other of loaded) {
      for (const file of [...other.late, ...other.imports]) imports.add(file);
      for (const [file, names] of other.taken)
        if (!part.own.includes(file) && !other.late.includes(file)) addNames(taken, file, names);
    }
    return { ...part, taken, imports: [...imports] };
  });
}

/**
 * @param {Map<string, readonly string[]>} taken
 * @param {string} file
 * @param {readonly string[]} names
 */
function addNames(taken, file, names) {
  taken.set(file, [...new Set([...(taken.get(file) ?? []), ...names])]);
}

/**
 * Builds those parts.
 *
 * @param {readonly Part[]} parts
 * @param {Options} options
 */
export async function buildParts(parts, options) {
  return await Promise.all(
    parts.map(async (part) => {
      const { metafile } = await build({
        ...options,
        stdin: {
          contents: part.files.map((file) => `export * from ${JSON.stringify(resolve(file))};`).join('\n'),
          resolveDir: resolve(''),
        },
        outdir: undefined,
        outfile: `${options.outdir}/${part.name}.cjs`,
        format: 'cjs',
        plugins: [loadParts(parts, part), takeShared(part)],
        define: { ...options.define, 'import.meta.url': 'telarUrl', 'import.meta.env': 'undefined' },
        banner: { js: HEAD_OF_MODULE },
        footer: { js: FOOT },
      });
      return metafile;
    }),
  );
}

/**
 * Puts functions that load a part in the place of its own, and of the imports on demand of its modules.
 *
 * @param {readonly Part[]} parts
 * @param {Part} [within] The part that is built; the entries are, without.
 * @returns {import('esbuild').Plugin}
 */
export function loadParts(parts, within) {
  const others = parts.filter((part) => (within === undefined ? true : within.loads.includes(part.name)));
  const owners = new Map(others.flatMap(({ name, files }) => files.map((file) => [file, name])));
  return {
    name: 'load-parts',
    setup(esbuild) {
      esbuild.onResolve({ filter: LOADER }, ({ path }) => ({ path, namespace: 'part' }));
      esbuild.onLoad({ filter: LOADER, namespace: 'part' }, ({ path }) => {
        const part = others.find(({ name }) => path === `telar-part:${name}`);
        return part && { contents: writeLoader(part, within !== undefined), resolveDir: resolve('') };
      });
      esbuild.onLoad({ filter: /\.js$/ }, ({ path }) => {
        const file = toFile(path);
        const code = readFileSync(path, 'utf8');
        const owner = owners.get(file);
        if (owner !== undefined)
          return { contents: importLoader(owner) + writeCalls(code, `${owner}Part()`, path) };
        if (within?.own.includes(file) !== true) return undefined;
        /** @type {Set<string>} */
        const imports = new Set();
        const contents = code.replace(ON_DEMAND, (_, module) => {
          const demanded = toFile(resolve(dirname(path), module));
          const name = owners.get(demanded);
          if (name === undefined) return `telarShared.late[${JSON.stringify(demanded)}]()`;
          imports.add(importLoader(name));
          return `${name}Part()`;
        });
        return imports.size === 0 && contents === code
          ? undefined
          : { contents: [...imports, contents].join('') };
      });
    },
  };
}

/** @param {string} name */
function importLoader(name) {
  return `import { loadPart as ${name}Part } from 'telar-part:${name}';\n`;
}

/**
 * Writes the function that loads a part, with what it has in common with all others: at once, or on demand, which gives
 * time to import what it takes of that kind.
 *
 * @param {Part} part
 * @param {boolean} isOnDemand
 */
function writeLoader({ name, taken, late, imports }, isOnDemand) {
  const early = [...taken].filter(([file]) => !late.includes(file));
  const lines = early.map(([file, names], at) => {
    const locals = names.map((exported) => `${exported} as shared${at}_${exported}`);
    return `import { ${locals.join(', ')} } from ${JSON.stringify(resolve(file))};`;
  });
  const members = early.map(([file, names], at) => {
    const values = names.map((exported) => `${exported}: shared${at}_${exported}`);
    return `${JSON.stringify(file)}: { ${values.join(', ')} }`;
  });
  const give = (/** @type {string} */ file) =>
    isOnDemand
      ? `telarShared.late[${JSON.stringify(file)}]`
      : `() => import(${JSON.stringify(resolve(file))})`;
  const thunks = imports.map((file) => `${JSON.stringify(file)}: ${give(file)}`);
  const awaited = late.map((file) => `${JSON.stringify(file)}: await ${give(file)}()`);
  return `
    import { requireOwn } from ${JSON.stringify(resolve(OWN_FILES))};
    ${lines.join('\n')}
    let part;
    export function loadPart() {
      return (part ??= makePart());
    }
    ${isOnDemand ? 'async ' : ''}function makePart() {
      return requireOwn('./${name}.cjs', import.meta.url)({
        ${[...members, ...awaited].map((member) => `${member},`).join('\n')}
        late: { ${thunks.join(', ')} },
      });
    }
  `;
}

/**
 * Lists what a module exports, as the compiler writes a list of names.
 *
 * @param {string} file
 */
function listExports(file) {
  const names = /^export \{([^}]+)\};$/m.exec(readFileSync(file, 'utf8'))?.[1]?.split(',');
  if (names === undefined) throw new Error(`${file} exports no list of names.`);
  return names.map((name) => name.trim());
}
