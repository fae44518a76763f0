import { type MemberReads, readText } from './definition/definition.ts';
import { findImportedTask } from './handle/import-tasks.ts';
import { loadCapture } from './resolve-task.ts';
import { scanReads } from './source/scan-reads.ts';

/**
 * Lists the members that a function reads off one of its parameters, where its text says that it does nothing else with
 * it; `undefined` otherwise, and for a function whose text is not here.
 *
 * @param position - Number of the parameter, from 0.
 */
export function listMemberReads(task: unknown, position: number): MemberReads | undefined {
  if (typeof task !== 'function' || findImportedTask(task) !== undefined) return undefined;
  const text = readText(task);
  const scanned = scanReads(text, position);
  if (scanned === 'used') return undefined;
  const names = scanned === 'unsure' ? loadCapture().listReads(text, position) : scanned.names;
  return names === undefined ? undefined : { text, names };
}
