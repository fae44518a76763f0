import { fileURLToPath } from 'node:url';
import { runProgram } from '../program.ts';

const PRELOAD = new URL('preload.js', import.meta.url).href;

/** Runs a program whose threads, and those of its child processes, are held up at random; gives what it printed. */
export async function runHeldUp(
  program: URL,
  args: readonly string[],
  seed: number,
  node: string = process.execPath,
): Promise<string> {
  const command = ['--import', PRELOAD, fileURLToPath(program), ...args];
  return await runProgram(node, command, undefined, { HELD_UP: String(seed) });
}
