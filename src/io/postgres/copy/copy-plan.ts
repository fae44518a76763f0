import type { SinkOpening } from '../../../bytes/sink.ts';
import type { Connection } from '../connection/connection.ts';
import type { RejectedRows } from '../rejected/rejected-rows.ts';
import type { Prepare } from './copy-transaction.ts';

/** What a sink of rows is made from. */
export interface CopyPlan {
  readonly connection: Connection;
  /** What it is known by to a journal. */
  readonly name: string;
  readonly prepare: (opening: SinkOpening) => Prepare;
  /** Where rows go that the server refuses; `undefined`: such a row ends the run. */
  readonly rejected: RejectedRows | undefined;
}
