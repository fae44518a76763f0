import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { listExecArgv, withoutInputType } from '../../machine/exec-argv.ts';
import type { ResourceLimits } from '../../options/pool-options.ts';
import { locateOwnFile } from '../../machine/own-files.ts';
import { CHILD_MARK } from '../../wire/message/nested.ts';

/** Path of the child's entry, set by the bundler, which puts the entry beside this file. */
declare const BUNDLED_PROCESS_ENTRY: string | undefined;
const ENTRY =
  typeof BUNDLED_PROCESS_ENTRY === 'string' ? BUNDLED_PROCESS_ENTRY : '../../../bundle/process-entry.cjs';

/** A process that runs, or the system's reason why there is none. */
export type StartedProcess = { readonly process: ChildProcess } | { readonly failure: Promise<unknown> };

/**
 * Starts a child process. Never throws: of what can go wrong (no descriptor, no process, too large an environment) the
 * system says a part at once, and a part in an event, after which the child's streams may not even be there.
 *
 * @param slots - The descriptor of the file for its slots.
 */
export function startProcess(limits: ResourceLimits | undefined, slots: number): StartedProcess {
  let child: ChildProcess;
  try {
    child = spawn(
      process.execPath,
      [...listExecArgv(limits), locateOwnFile(ENTRY, import.meta.url), CHILD_MARK],
      {
        // Behind the usual three streams come the messages, the slots, and the lifeline.
        stdio: ['ignore', 'inherit', 'pipe', 'pipe', slots, 'pipe'],
        // A test runner that runs us must not take it for a test of its own.
        env: { ...process.env, ...withoutInputType(process.env).env, NODE_TEST_CONTEXT: undefined },
        windowsHide: true,
      },
    );
  } catch (thrown) {
    return { failure: Promise.resolve(thrown) };
  }
  if (child.pid !== undefined) return { process: child };
  const failure = once(child, 'error').then(
    ([thrown]: unknown[]) => thrown,
    (thrown: unknown) => thrown,
  );
  // Streams that were made before the system refused are closed.
  for (const stream of (child.stdio as ChildProcess['stdio'] | undefined) ?? []) stream?.destroy();
  return { failure };
}
