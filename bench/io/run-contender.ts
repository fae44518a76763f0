import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A program that says a line of JSON: of Node, below `bench/io/`, or of another kind. */
export interface Program {
  readonly file: string;
  readonly args?: readonly string[];
  /** Program that runs the file. `@defaultValue` Node */
  readonly command?: string;
}

/** Runs a program to its end, and gives what it said. */
export async function runContender<Said>({
  file,
  args = [],
  command = process.execPath,
}: Program): Promise<Said> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return await new Promise((resolve, reject) => {
    const child = spawn(command, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as Said);
      else reject(new Error(`${file} ended with ${code}.`));
    });
  });
}

/** Returns whether a command of another kind is installed here: one that knows `--version`. */
export function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** A program of Python, which stands beside the sources: it is not compiled. */
export function inPython(name: string, ...args: readonly string[]): Program {
  return { command: 'python3', file: `../../../bench/peers/python/${name}.py`, args };
}
