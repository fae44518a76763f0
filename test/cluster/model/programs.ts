import fc from 'fast-check';
import { program } from '../../model/programs/arbitrary.ts';
import type { Program, SpawnCall } from '../../model/programs/program.ts';

/** Programs of a group at most: they run at once. */
const MOST_PROGRAMS = 12;
/** Milliseconds after which a node may be killed. */
const LATEST_KILL = 1500;

/** Programs that run at once on a cluster, and the times at which a node of it is killed, in ms from their begin. */
export interface ClusterGroup {
  readonly kills: readonly number[];
  readonly programs: readonly ClusterProgram[];
}

export type ClusterProgram = Exclude<Program, SpawnCall>;

const clusterProgram: fc.Arbitrary<ClusterProgram> = program
  .filter((drawn): drawn is ClusterProgram => drawn.kind !== 'spawn')
  .map(mend);

/** @param mostKills - Kills in each group. */
export function clusterGroup(mostKills: number): fc.Arbitrary<ClusterGroup> {
  return fc.record({
    kills: fc.array(fc.nat(LATEST_KILL), { maxLength: mostKills, size: 'max' }),
    programs: fc.array(clusterProgram, { minLength: 1, maxLength: MOST_PROGRAMS, size: 'max' }),
  });
}

/** Draws the group of a seed. */
export function drawGroup(seed: number, mostKills: number): ClusterGroup {
  const [group] = fc.sample(clusterGroup(mostKills), { seed, numRuns: 1 });
  if (group === undefined) throw new Error('Nothing was drawn.');
  return group;
}

/** Puts right what a cluster does not do: tasks are exports, which are told by their items what to do. */
function mend(drawn: ClusterProgram): ClusterProgram {
  const { items, options } = drawn;
  const placed = {
    items: { ...items, payload: 'objects' as const },
    options: { ...options, pool: 0 },
  };
  // The nodes know the tasks of one module.
  if (drawn.kind === 'run') return { ...drawn, ...placed, isNested: false };
  const { as, failsAt } = drawn.input;
  // Objects are in no typed array, and what is an array now is one when its run is taken up.
  const input = { as: as === 'typed' ? ('array' as const) : as, failsAt };
  return { ...drawn, ...placed, input };
}
