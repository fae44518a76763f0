import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analyseScript } from '../analysis.ts';
import { readLater } from '../../locate/later-scripts.ts';
import { createScript, type Script } from '../../locate/script.ts';

/** Part of Bun's global object that is used here. */
interface Bun {
  readonly Transpiler: new (options: { loader: string; target: 'bun' }) => {
    transformSync: (text: string) => string;
  };
}

declare const Bun: Bun | undefined;

/** Scripts by URL: what a program has loaded does not change while it runs. */
const scripts = new Map<string, Script | undefined>();

/**
 * Reads a file as the script that the host runs, if it has `part` in its text; `undefined` where it cannot be read as
 * one, such as TypeScript on Deno.
 */
export function readFile(url: string, part = ''): Script | undefined {
  if (!scripts.has(url)) scripts.set(url, readScript(url));
  const script = scripts.get(url);
  if (script?.text.includes(part) !== true) return undefined;
  try {
    analyseScript(script);
    return script;
  } catch {
    scripts.set(url, undefined);
    return undefined;
  }
}

/**
 * Learns what the host has made of the TypeScript of a program, if `file` is of that kind and not known yet.
 *
 * @returns Whether `file` can be read now.
 */
export async function learnFile(file: string): Promise<boolean> {
  if (!/\.[cm]?tsx?$/.test(file) || scripts.get(file)?.isRewritten === true) return false;
  for (const [url, text] of await readLater()) scripts.set(url, makeScript(url, text, true));
  return readFile(file)?.isRewritten === true;
}

export function makeScript(url: string, text: string, isRewritten = false): Script {
  const isModule = !/\.c[jt]s$/.test(url);
  const description = { scriptId: '', url, startLine: 0, startColumn: 0, isModule };
  return { ...createScript(description, text), isRewritten };
}

function readScript(url: string): Script | undefined {
  try {
    const path = fileURLToPath(url);
    const text = readFileSync(path, 'utf8');
    return typeof Bun === 'undefined'
      ? makeScript(url, text)
      : makeScript(url, rewrite(Bun, path, text), true);
  } catch {
    return undefined;
  }
}

/** Rewrites a text as Bun does before it runs a file: that is what functions give as their text. */
function rewrite({ Transpiler }: Bun, path: string, text: string): string {
  const loader = /^\.[cm]?ts$/.test(extname(path)) ? 'ts' : extname(path) === '.tsx' ? 'tsx' : 'jsx';
  return new Transpiler({ loader, target: 'bun' }).transformSync(text);
}
