import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from 'esbuild';
import { root } from '../../harness/root.ts';
import { toCommonJs } from './common-js.ts';
import type { Form } from '../way.ts';

const fixtures = new URL('test/fixtures/matrix/', root);

const MAIN = `import { groups } from './groups.js';
import { runRows } from './run-rows.js';

void runRows(groups);
`;

/** Writes the rows, and the program that runs them (`main`), into a folder, in the form that a way begins with. */
export function writeSources(folder: string, form: Form): void {
  const files = readFixtures(form);
  const rows = Object.keys(files).filter((path) => path.startsWith('rows/'));
  files['groups.js'] = listGroups(rows, files);
  files['main.js'] = MAIN;
  for (const [path, text] of Object.entries(files)) {
    const { name, code } = writeIn(form, path, text);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), code);
  }
  cpSync(new URL('service.mjs', fixtures), join(folder, 'service.mjs'));
}

function readFixtures({ without = [] }: Form): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = name.replaceAll('\\', '/');
    if (!/\.[jt]s$/.test(path) || without.some((left) => path.startsWith(`rows/${left}`))) continue;
    files[path] = readFileSync(new URL(path, fixtures), 'utf8');
  }
  return files;
}

/** The module that has all rows: `export const groups = { values, helpers, … }`. */
function listGroups(paths: readonly string[], files: Readonly<Record<string, string>>): string {
  const names = paths.map((path) => /^export const (\w+) = \{$/m.exec(files[path] as string)?.[1] as string);
  const imports = paths.map(
    (path, at) => `import { ${names[at]} } from './${path.replace(/\.ts$/, '.js')}';`,
  );
  return `${imports.join('\n')}\n\nexport const groups = { ${names.join(', ')} };\n`;
}

function writeIn(form: Form, path: string, text: string): { name: string; code: string } {
  const { language, modules, here = modules === 'cjs' ? 'filename' : 'url', ending = 'js' } = form;
  let code = text;
  if (path === 'here.js' && here === 'filename')
    code = `import { pathToFileURL } from 'node:url';\n\nexport const here = pathToFileURL(__filename).href;\n`;
  if (ending === 'ts') code = code.replace(/(from '\.[^']*)\.js'/g, "$1.ts'");
  if (language === 'ts') return { name: path.replace(/\.js$/, '.ts'), code };
  if (path.endsWith('.ts')) code = stripTypes(code, form);
  return { name: path.replace(/\.ts$/, '.js'), code: modules === 'cjs' ? toCommonJs(code) : code };
}

/** The rows in TypeScript as JavaScript, for tools that get what another one has compiled. */
function stripTypes(code: string, { decorators = 'standard' }: Form): string {
  const compilerOptions = { experimentalDecorators: decorators === 'legacy' };
  return transformSync(code, { loader: 'ts', target: 'es2022', tsconfigRaw: { compilerOptions } }).code;
}
