import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveTool } from '../harness/command.ts';
import { runProgram } from '../harness/program.ts';
import { root } from '../harness/root.ts';
import type { Block } from './blocks.ts';

/** The project's own settings, but for those that ask of a module what an example need not give. */
const tsconfig = {
  extends: fileURLToPath(new URL('tsconfig.json', root)),
  compilerOptions: {
    rootDir: 'src',
    outDir: 'out',
    allowJs: true,
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
  },
  include: ['src'],
  exclude: [],
};

/** The examples of each page, by its name. */
export type Pages = ReadonlyMap<string, readonly Block[]>;

/** The examples of pages as one project that has Telar installed: the compiler is started once for all of them. */
export class ExampleProject {
  readonly #folder: string;
  readonly #pages: Pages;

  constructor(folder: string, pages: Pages) {
    this.#folder = folder;
    this.#pages = pages;
  }

  /** Writes the examples, and builds the TypeScript among them. Rejects with the compiler's words, line by line. */
  async build(): Promise<void> {
    await this.#link('telar', root);
    await this.#link('@types/node', new URL('node_modules/@types/node/', root));
    const all = [...this.#pages].flatMap(([page, blocks]) => blocks.map((block) => ({ page, block })));
    for (const name of listPackages(all.map(({ block }) => block))) {
      await this.#link(name, new URL(`node_modules/${name}/`, root));
    }
    await this.#write('package.json', JSON.stringify({ type: 'module' }));
    await this.#write('tsconfig.json', JSON.stringify(tsconfig));

    const written = new Set<string>();
    for (const { page, block } of all) {
      const file = resolveFile(page, block);
      if (written.has(file)) throw new Error(`Two blocks are ${file}: the second is on line ${block.line}.`);
      written.add(file);
      await this.#write(`src/${file}`, placeCode(block));
    }

    if (all.some(({ block }) => block.language === 'ts')) {
      const [program, script] = resolveTool('typescript', 'tsc');
      await runProgram(program, [script], this.#folder);
    }
    // JavaScript runs as it was written, never as the compiler would rewrite it for an older Node.
    for (const { page, block } of all) {
      if (block.language === 'js') await this.#write(`out/${resolveFile(page, block)}`, placeCode(block));
    }
  }

  /** Runs one example to its end and gives what it printed. Rejects when it fails. */
  run(page: string, block: Block, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const file = resolveFile(page, block).replace(/ts$/, 'js');
    return runProgram(process.execPath, [`out/${file}`], this.#folder, env);
  }

  async #write(file: string, text: string): Promise<void> {
    const path = join(this.#folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  async #link(name: string, target: URL): Promise<void> {
    const path = join(this.#folder, 'node_modules', name);
    await mkdir(dirname(path), { recursive: true });
    // A junction needs no rights on Windows; elsewhere the kind is ignored.
    await symlink(fileURLToPath(target), path, 'junction');
  }
}

/** Packages that examples import beside Telar: those that its users come from. */
function listPackages(blocks: readonly Block[]): Set<string> {
  const names = new Set<string>();
  for (const { code } of blocks) {
    for (const [, name] of code.matchAll(/^import .*? from '([a-z][a-z-]*)';$/gm)) names.add(name as string);
  }
  names.delete('telar');
  return names;
}

function resolveFile(page: string, { file, line, language }: Block): string {
  return `${page.replace(/\.md$/, '')}/${file ?? `line-${line}.${language}`}`;
}

/** Empty lines first: what the compiler or a stack says about a line is then true of the page. */
function placeCode({ code, line }: Block): string {
  return '\n'.repeat(line - 1) + code;
}
