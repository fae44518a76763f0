import { execFile } from 'node:child_process';
import { root } from './root.ts';

const MOST_OUTPUT = 64 * 1024 * 1024;

/** Runs a program to its end and gives what it printed on stdout; a failure's message shows all that it printed. */
export function runProgram(
  program: string,
  args: readonly string[],
  cwd: URL | string = root,
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  // Output of the program is compared: no colours, and no report for a test runner that a child must not take for its
  // own.
  const { NODE_TEST_CONTEXT: _, FORCE_COLOR: __, ...inherited } = process.env;
  const env = { ...inherited, ...variables };
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env, maxBuffer: MOST_OUTPUT }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      // The error of Node repeats the output twice, in `cause` and in its fields: once is what one can read.
      else reject(new Error(`${program} ${args.join(' ')} failed.\n${stdout.slice(0, 10_000)}${stderr}`));
    });
  });
}
