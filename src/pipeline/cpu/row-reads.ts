import type { RecordFormat } from '../../bytes/format.ts';
import type { MemberReads } from '../../task/definition/definition.ts';
import { listMemberReads } from '../../task/member-reads.ts';
import type { RowReads } from '../../wire/message/chain.ts';
import type { CpuSpec } from '../stage/specs.ts';
import type { Collect } from './collect.ts';

type CollectReads = NonNullable<RowReads['collect']>;

/**
 * Lists what the first functions of a group read of the rows of a table, so that workers make only these fields. Filters
 * hand the rows on; the first stage of another kind, or the fold, is the last that sees them. Where one may do more with
 * a row than read it, what stands before it may still do with some fields: rows are made whole behind it.
 */
export function listRowReads(
  format: RecordFormat | undefined,
  stages: readonly CpuSpec[],
  collect: Collect,
): RowReads | undefined {
  if (format?.kind !== 'csv' || !format.asObjects) return undefined;
  const reads: MemberReads[] = [];
  for (const { call, task } of stages) {
    const read = listMemberReads(task, 0);
    if (read === undefined) return endAt(reads);
    reads.push(read);
    if (call !== 'filter') return { stages: reads, collect: undefined, isWholeBehind: false };
  }
  const collected = listCollectReads(collect);
  if (collected === undefined) return endAt(reads);
  const isKept = collect.kind === 'topK' || collect.kind === 'distinct';
  return { stages: reads, collect: collected, isWholeBehind: isKept };
}

function endAt(stages: readonly MemberReads[]): RowReads | undefined {
  return stages.length === 0 ? undefined : { stages, collect: undefined, isWholeBehind: true };
}

function listCollectReads(collect: Collect): CollectReads | undefined {
  switch (collect.kind) {
    case 'count':
      return {};
    case 'reduce':
      return joinReads({ step: listMemberReads(collect.fold.step, 1) });
    case 'groupBy':
      return joinReads({ key: listMemberReads(collect.key, 0), step: listMemberReads(collect.fold.step, 1) });
    case 'topK':
      return joinReads({ by: listMemberReads(collect.by, 0) });
    case 'distinct':
      return collect.by === undefined ? undefined : joinReads({ by: listMemberReads(collect.by, 0) });
    case 'values':
    case 'bytes':
      return undefined;
  }
}

function joinReads(reads: Readonly<Record<string, MemberReads | undefined>>): CollectReads | undefined {
  return Object.values(reads).includes(undefined) ? undefined : (reads as CollectReads);
}
