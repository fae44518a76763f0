import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';

/** Number of times that a test kills its program. `npm run test:all` and `npm run chaos` do it more often. */
export const kills: number = Number(process.env['TELAR_KILLS'] ?? 2);

/** Runs a program until a file has grown by so many bytes, then kills it. False when it ended before, and well. */
export async function runUntil(
  program: string,
  args: readonly string[],
  trace: string,
  bytes: number,
): Promise<boolean> {
  const before = (await stat(trace)).size;
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = new Promise<[number | null, string | null]>((resolve) =>
    child.once('exit', (code, signal) => resolve([code, signal])),
  );
  const timer = setInterval(() => {
    void stat(trace).then(({ size }) => size - before > bytes && child.kill('SIGKILL'));
  }, 1);
  const [code, signal] = await ended;
  clearInterval(timer);
  assert.ok(signal === 'SIGKILL' || code === 0, `${code} ${signal}`);
  return signal === 'SIGKILL';
}
