import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The words of a program, and the time when it was gone. */
export interface ProgramEnd<Said> {
  readonly said: Said;
  /** Milliseconds since 1970, like what the program itself may have noted. */
  readonly exitedAt: number;
}

/** Runs a file of `programs/` in a fresh process of Node. It prints one line of JSON. */
export function runProgram<Said>(name: string, ...args: readonly string[]): Promise<ProgramEnd<Said>> {
  const file = fileURLToPath(new URL(`../programs/${name}.js`, import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let exitedAt = Number.NaN;
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.once('exit', () => {
      exitedAt = now();
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve({ said: JSON.parse(output) as Said, exitedAt });
      else reject(new Error(`${name} ${args.join(' ')} ended with ${code}.`));
    });
  });
}

/** Milliseconds since 1970, to the microsecond, comparable between processes. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
