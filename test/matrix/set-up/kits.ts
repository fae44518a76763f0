/** What the rows themselves import. */
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
};

/** The packages of a kit, each as npm installs it: `name@version`. */
export function listPackages(kit: string): string[] {
  const packages = kits[kit];
  if (packages === undefined) throw new Error(`There is no kit "${kit}".`);
  return Object.entries({ ...forRows, ...packages }).map(([name, version]) => `${name}@${version}`);
}
