import type { RunName } from '../../flow/work/dispatcher.ts';
import type { RunHead, RunInfo } from '../message/messages.ts';
import type { Outstanding } from './chunk/outstanding.ts';
import type { Hub } from './hub.ts';
import { CALLER } from './named/run-lease.ts';

/** Terms that a run is opened with. */
export interface RunTerms {
  readonly id: string;
  /** Terms of a run that has a name, which is its id then. */
  readonly name: RunName | undefined;
  readonly hub: Hub;
  /** Milliseconds for which its broker is waited for until it is open. */
  readonly patience: number;
  readonly head: RunHead;
  readonly outstanding: Outstanding;
  /** Tells whether the run has ended here. */
  readonly isOver: () => boolean;
}

/** Describes a run for people. */
export function describeRun({ id, head, outstanding: { facts, items: outstanding } }: RunTerms): RunInfo {
  const { task, version } = head;
  const { suspects, healed } = facts.counts;
  const { items, since } = facts;
  const told = { task, version, caller: CALLER, items, outstanding, suspects, healed, since };
  return { v: 1, run: id, ...told, seen: Date.now() };
}
