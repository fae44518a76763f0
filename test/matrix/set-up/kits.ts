/** Packages that the rows themselves import. */
const forRows: Readonly<Record<string, string>> = {
  ajv: '8.20.0',
  chalk: '5.6.2',
  dayjs: '1.11.23',
  'decimal.js': '10.6.0',
  lodash: '4.18.1',
  ramda: '0.32.0',
  semver: '7.8.6',
  valibot: '1.5.0',
  zod: '4.6.7',
};

/** Packages that are installed in one folder, for the ways that need them. */
const kits: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  plain: {
    esbuild: '0.28.2',
    tslib: '2.9.1',
    'ts-node': '10.9.2',
    tsx: '4.23.15',
    typescript: '5.9.3',
    '@types/node': '20.19.43',
  },
  babel: {
    '@babel/cli': '7.29.7',
    '@babel/core': '7.29.13',
    '@babel/plugin-proposal-decorators': '7.29.7',
    '@babel/plugin-transform-runtime': '7.29.7',
    '@babel/preset-env': '7.29.14',
    '@babel/preset-typescript': '7.29.7',
    '@babel/runtime': '7.29.15',
  },
  swc: { '@swc/cli': '0.8.1', '@swc/core': '1.16.22', '@swc/helpers': '0.5.24' },
  bundlers: {
    '@rollup/plugin-commonjs': '29.0.3',
    '@rollup/plugin-json': '6.1.0',
    '@rollup/plugin-node-resolve': '16.0.3',
    '@vercel/ncc': '0.45.0',
    esbuild: '0.28.2',
    rolldown: '1.3.3',
    rollup: '4.68.8',
    webpack: '5.113.0',
  },
  vitest: { vitest: '4.1.12' },
  jest: { jest: '30.5.2' },
  'jest-jsdom': { jest: '30.5.2', 'jest-environment-jsdom': '30.5.2' },
  vite: { vite: '8.4.0' },
  'vite-7': { vite: '7.3.8' },
  next: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' },
  hosts: { bun: '1.4.5', deno: '2.9.6' },
  pnpm: {},
  yarn: {},
};

/** The package managers that kits of their names are installed with: these are packages themselves. */
const managers: Readonly<Record<string, string>> = { pnpm: 'pnpm@10.34.8', yarn: '@yarnpkg/cli-dist@4.18.1' };

/** The versions of the packages of a kit. */
export function listPackages(kit: string): Readonly<Record<string, string>> {
  const packages = kits[kit];
  if (packages === undefined) throw new Error(`There is no kit "${kit}".`);
  return { ...forRows, ...packages };
}

/** The package manager that installs a kit, as npm installs it; `undefined` for npm. */
export function findManager(kit: string): string | undefined {
  return managers[kit];
}
