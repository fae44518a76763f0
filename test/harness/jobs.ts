import { spawn } from 'node:child_process';
import { root } from './root.ts';

/** A program that tells by its exit code whether all is well. */
export interface Job {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

/** The end of a job. */
export interface Ended<J extends Job> {
  readonly job: J;
  /** `null` for one that was killed. */
  readonly exitCode: number | null;
  readonly seconds: number;
  /** All output of the job. */
  readonly output: string;
}

/** Most seconds of a job: one that hangs is a failure with a name. */
const PATIENCE = 900;

/**
 * Runs jobs, several at once, and begins them in their order, the longest first: what is long and begins last runs alone
 * in the end.
 *
 * @param onEnd - Called for each when it has ended.
 */
export async function runJobs<J extends Job>(
  jobs: readonly J[],
  atOnce: number,
  onEnd: (ended: Ended<J>) => void,
): Promise<void> {
  const left = [...jobs];
  const work = async (): Promise<void> => {
    for (let job = left.shift(); job !== undefined; job = left.shift()) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other.
      onEnd(await runJob(job));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function runJob<J extends Job>(job: J): Promise<Ended<J>> {
  const [program, ...args] = job.command;
  const began = performance.now();
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => (output += text));
  }
  const late = setTimeout(() => {
    output += `\n${job.name} did not end within ${PATIENCE} s.\n`;
    child.kill('SIGKILL');
    // A process that it has left behind may hold its pipes open.
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
  }, PATIENCE * 1000);
  const exitCode = await new Promise<number | null>((resolve) => {
    child.once('error', (thrown) => {
      output += String(thrown);
      resolve(null);
    });
    child.once('close', resolve);
  });
  clearTimeout(late);
  return { job, exitCode, seconds: (performance.now() - began) / 1000, output };
}
