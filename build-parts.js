/*
 * Parts of what runs in a worker that most workers never need: each is a file beside the entries, which is loaded at the
 * first need. A module with state, or with a class, exists once on a thread: so a part is a function that is given what
 * it has in common with the entry that loads it.
 */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * @typedef {import('esbuild').BuildOptions} Options
 *
 * @typedef {object} Part A file that is loaded on demand.
 * @property {string} name
 * @property {readonly string[]} modules The modules that it gives.
 * @property {ReadonlyMap<string, readonly string[]>} taken Names that it takes, by the module of the entry that has them.
 *
 * @typedef {object} Entry
 * @property {string} name
 * @property {string} file
 * @property {readonly Part[]} parts Parts that it may load.
 */

/** Stands at the head of an entry. It loads a part, once, and says so where the file is missing. */
const LOAD_PART =
  'const telarParts={__proto__:null},telarShared={__proto__:null},telarPart=(name,load)=>{' +
  'if(telarParts[name])return telarParts[name];let make;try{make=load()}catch(cause){' +
  'if(cause?.code!=="MODULE_NOT_FOUND")throw cause;' +
  'throw Object.assign(new Error(`Telar needs ${name}.cjs, which is missing beside ${__filename}: ' +
  'its installation is incomplete, so install it again.`,{cause}),{code:"ERR_TELAR_FILE_NOT_FOUND"})}' +
  'return telarParts[name]=make(telarShared[name]())};';

/** Stands around a part. A function in brackets is compiled as it is read, and not once more when it is called. */
export const HEAD = 'module.exports=(function(telarShared){"use strict";const module={exports:{}};';
export const FOOT = 'return module.exports});';

/**
 * Builds entries whose parts are loaded on demand, and the parts. Returns what was built of what.
 *
 * @param {Readonly<Record<string, string>>} entryFiles
 * @param {Readonly<Record<string, readonly string[]>>} partModules The modules that each part gives.
 * @param {Options} options
 */
export async function buildWithParts(entryFiles, partModules, options) {
  const { entries, parts } = await plan(entryFiles, partModules, options);
  const head = options.banner?.js ?? '';
  const buildEntry = async (/** @type {Entry} */ entry) =>
    await build({
      ...options,
      entryPoints: { [entry.name]: entry.file },
      plugins: [loadOnDemand(entry)],
      banner: { js: head + LOAD_PART },
    });
  const buildPart = async (/** @type {Part} */ part) =>
    await build({
      ...options,
      stdin: {
        contents: part.modules
          .map((module) => `export * from ${JSON.stringify(resolve(module))};`)
          .join('\n'),
        resolveDir: resolve(''),
      },
      outdir: undefined,
      outfile: `${options.outdir}/${part.name}.cjs`,
      plugins: [takeShared(part)],
      banner: { js: HEAD + head },
      footer: { js: FOOT },
    });
  const built = await Promise.all([...entries.map(buildEntry), ...parts.map(buildPart)]);
  return built.map(({ metafile }) => metafile);
}

/**
 * Finds out which parts each entry may load, and what they have in common.
 *
 * @param {Readonly<Record<string, string>>} entryFiles
 * @param {Readonly<Record<string, readonly string[]>>} partModules
 * @param {Options} options
 */
async function plan(entryFiles, partModules, options) {
  const owners = new Map(
    Object.entries(partModules).flatMap(([name, modules]) => modules.map((module) => [module, name])),
  );
  const found = await Promise.all(
    Object.entries(entryFiles).map(async ([name, file]) => ({
      name,
      file,
      ...(await trace([file], owners, options)),
    })),
  );
  const known = new Set(found.flatMap(({ modules }) => modules));
  /** @type {Map<string, Part & { readonly loads: readonly string[] }>} */
  const parts = new Map();
  /** @type {Map<string, string>} */
  const places = new Map();
  for (const [name, files] of Object.entries(partModules)) {
    // oxlint-disable-next-line no-await-in-loop -- a part is compared with those before it.
    const { modules, loads } = await trace(files, owners, options);
    const own = modules.filter((module) => !known.has(module));
    for (const module of own) {
      const other = places.get(module);
      if (other !== undefined)
        throw new Error(`${module} would be twice on a thread, in ${other} and in ${name}.`);
      places.set(module, name);
    }
    parts.set(name, { name, modules: files, taken: listTaken(own), loads });
  }
  const entries = found.map(({ name, file, loads }) => {
    const all = new Set(loads);
    // A set that grows is walked to its end.
    for (const part of all) for (const further of parts.get(part)?.loads ?? []) all.add(further);
    return { name, file, parts: [...parts.values()].filter((part) => all.has(part.name)) };
  });
  return { entries, parts: [...parts.values()] };
}

/**
 * Lists the modules that files need without the parts that they may load, and those parts.
 *
 * @param {readonly string[]} files
 * @param {ReadonlyMap<string, string>} owners Names of parts, by their modules.
 * @param {Options} options
 */
async function trace(files, owners, options) {
  /** @type {Set<string>} */
  const loads = new Set();
  /** @type {import('esbuild').Plugin} */
  const leaveOut = {
    name: 'leave-parts-out',
    setup(esbuild) {
      esbuild.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        const owner = kind === 'entry-point' ? undefined : owners.get(toFile(resolve(resolveDir, path)));
        if (owner === undefined) return undefined;
        loads.add(owner);
        return { path, external: true };
      });
    },
  };
  const { metafile } = await build({
    ...options,
    entryPoints: [...files],
    write: false,
    plugins: [leaveOut],
  });
  const modules = Object.values(metafile?.outputs ?? {}).flatMap(({ inputs }) => Object.keys(inputs));
  return { modules: [...new Set(modules)], loads: [...loads] };
}

/**
 * Lists the names that modules import from others than these, as the compiler writes imports.
 *
 * @param {readonly string[]} modules
 */
export function listTaken(modules) {
  /** @type {Map<string, string[]>} */
  const taken = new Map();
  for (const module of modules) {
    const imports = readFileSync(module, 'utf8').matchAll(/^(?:im|ex)port (.+) from '(\..+)';$/gm);
    for (const [, clause, path] of imports) {
      const file = toFile(resolve(dirname(module), String(path)));
      if (modules.includes(file)) continue;
      // An import of several lines ends with a comma.
      const names = /^\{(.+?),? *\}$/.exec(String(clause))?.[1]?.split(',');
      if (names === undefined) throw new Error(`${module} takes more than names from ${file}.`);
      const known = taken.get(file) ?? [];
      taken.set(file, [...new Set([...known, ...names.map((name) => String(name.trim().split(' ')[0]))])]);
    }
  }
  return taken;
}

/**
 * Puts, in an entry, what loads a part in the place of its import, and what hands over what they have in common.
 *
 * @param {Entry} entry
 * @returns {import('esbuild').Plugin}
 */
function loadOnDemand({ file: entry, parts }) {
  const names = new Map(parts.flatMap(({ name, modules }) => modules.map((module) => [module, name])));
  const load = (/** @type {string} */ name) => `telarPart("${name}",()=>require("./${name}.cjs"))`;
  return {
    name: 'load-on-demand',
    setup(esbuild) {
      esbuild.onResolve({ filter: /^\.\/[\w-]+\.cjs$/ }, ({ path }) => ({ path, external: true }));
      esbuild.onLoad({ filter: /[\\/]dist[\\/].*\.js$/ }, ({ path }) => {
        const code = readFileSync(path, 'utf8');
        const owner = names.get(toFile(path));
        // What is imported at once is a function that loads the part when it is called.
        if (owner !== undefined) return { contents: writeCalls(code, load(owner), path) };
        const contents = code.replace(/\bimport\('(\.[^']+)'\)/g, (whole, module) => {
          const name = names.get(toFile(resolve(dirname(path), module)));
          return name === undefined ? whole : load(name);
        });
        return { contents: toFile(path) === entry ? contents + parts.map(handOver).join('') : contents };
      });
    },
  };
}

/**
 * Writes functions that call those of a module which is loaded for it.
 *
 * @param {string} code
 * @param {string} loaded
 * @param {string} path
 */
export function writeCalls(code, loaded, path) {
  const exported = [...code.matchAll(/^export (?:(?:async )?function (\w+))?/gm)].map(([, name]) => name);
  if (exported.includes(undefined)) throw new Error(`${path} exports more than functions.`);
  return exported
    .map((name) => `export function ${name}(...args) { return ${loaded}.${name}(...args); }\n`)
    .join('');
}

/** @param {Part} part */
function handOver({ name, taken }) {
  const imports = [...taken].map(([file, names], at) => {
    const locals = names.map((exported) => `${exported} as ${name}${at}_${exported}`);
    return `import { ${locals.join(', ')} } from ${JSON.stringify(resolve(file))};`;
  });
  const members = [...taken].map(([file, names], at) => {
    const values = names.map((exported) => `${exported}: ${name}${at}_${exported}`);
    return `${JSON.stringify(file)}: { ${values.join(', ')} }`;
  });
  return `\n${imports.join('\n')}\ntelarShared.${name} = () => ({ ${members.join(', ')} });\n`;
}

/**
 * Takes, in a part, from the entry what they have in common.
 *
 * @param {Pick<Part, 'taken'>} part
 * @returns {import('esbuild').Plugin}
 */
export function takeShared({ taken }) {
  return {
    name: 'take-shared',
    setup(esbuild) {
      esbuild.onLoad({ filter: /\.js$/ }, ({ path }) => {
        const file = toFile(path);
        const names = taken.get(file);
        if (names === undefined) return undefined;
        return { contents: `export const { ${names.join(', ')} } = telarShared[${JSON.stringify(file)}];\n` };
      });
    },
  };
}

/**
 * The path of a file from here, with slashes, as the compiler of bundles writes it.
 *
 * @param {string} path
 */
export function toFile(path) {
  return relative('', path).replaceAll('\\', '/');
}
