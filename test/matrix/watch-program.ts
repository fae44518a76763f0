import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Outcome of a row: what its program said of it, or how its program ended. */
export type Outcome =
  | { readonly is: 'works' }
  | { readonly is: 'wrong'; readonly gave: string; readonly right: string }
  | { readonly is: 'fails'; readonly error: string; readonly message: string }
  | { readonly is: 'hangs' }
  | { readonly is: 'crashes'; readonly message: string };

/** Outcomes of all rows. */
export interface Outcomes {
  readonly rows: ReadonlyMap<string, Outcome>;
  /** Why there are no more of them, or what came after the last. */
  readonly fault?: string;
}

interface Line {
  readonly row?: string;
  readonly is?: Outcome['is'];
  readonly done?: true;
}

/** Ms without a line of the report, after which the program hangs: a row notes its own end after 20 seconds. */
const PATIENCE = 60_000;
/** Ms that a program may take to end behind its last row. */
const END_PATIENCE = 20_000;
/** After so many rows that end the program, the way is beyond help. */
const MOST_STARTS = 12;

/** Runs the program until all rows have an outcome: anew, behind the row that has ended it, where one did. */
export async function watchProgram(
  command: readonly [string, ...string[]],
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Outcomes> {
  const report = env['MATRIX_REPORT'] as string;
  const ended = new Map<string, Outcome>();
  for (let start = 0; start < MOST_STARTS; start++) {
    const before = readLines(report).length;
    const end = await runOnce(command, folder, env);
    const lines = readLines(report);
    if (lines.at(-1)?.done === true) {
      const rows = collect(lines, ended);
      return end.hung ? { rows, fault: `the program does not end: ${end.said}` } : { rows };
    }
    const last = lines.at(-1)?.row;
    if (last === undefined || lines.length === before)
      return {
        rows: collect(lines, ended),
        fault: `it does not ${start === 0 ? 'start' : 'go on'}: ${end.said}`,
      };
    ended.set(last, end.hung ? { is: 'hangs' } : { is: 'crashes', message: end.said });
  }
  return { rows: collect(readLines(report), ended), fault: `it was started ${MOST_STARTS} times` };
}

function collect(lines: readonly Line[], ended: ReadonlyMap<string, Outcome>): Map<string, Outcome> {
  const rows = new Map<string, Outcome>();
  for (const { row, ...outcome } of lines) {
    if (row === undefined) continue;
    const known = outcome.is === undefined ? ended.get(row) : (outcome as Outcome);
    if (known !== undefined) rows.set(row, known);
  }
  return rows;
}

function readLines(report: string): Line[] {
  if (!existsSync(report)) return [];
  const lines = readFileSync(report, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Line);
}

/** Starts the program once, and stops it, with all that it has started, when its report stands still. */
function runOnce(
  [program, ...args]: readonly [string, ...string[]],
  cwd: string,
  variables: Readonly<Record<string, string>>,
): Promise<{ hung: boolean; said: string }> {
  const { NODE_TEST_CONTEXT: _, FORCE_COLOR: __, NODE_OPTIONS: ___, ...inherited } = process.env;
  const isPosix = process.platform !== 'win32';
  const child = spawn(program, args, {
    cwd,
    env: { ...inherited, NO_COLOR: '1', CI: '1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: isPosix,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-20_000)));
  let hung = false;
  let lines = 0;
  let patience = PATIENCE;
  const watch = setInterval(() => {
    const now = readLines(variables['MATRIX_REPORT'] as string);
    patience = now.length === lines ? patience - 1000 : now.at(-1)?.done === true ? END_PATIENCE : PATIENCE;
    lines = now.length;
    if (patience > 0) return;
    hung = true;
    if (isPosix) process.kill(-(child.pid as number), 'SIGKILL');
    else child.kill('SIGKILL');
  }, 1000);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearInterval(watch);
      resolve({ hung, said: `${said.trim().slice(-2000)} (exit ${signal ?? code})` });
    });
  });
}
