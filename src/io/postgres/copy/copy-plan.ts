import type { SinkOpening } from '../../../bytes/sink.ts';
import type { Connection } from '../connection/connection.ts';
import type { RejectedRows } from '../rejected/rejected-rows.ts';
import type { Prepare } from './copy-transaction.ts';

/** The plan that a sink of rows is made from. */
export interface CopyPlan {
  readonly connection: Connection;
  /** Name by which a journal knows the sink. */
  readonly name: string;
  readonly prepare: (opening: SinkOpening) => Prepare;
  /** Place for the rows that the server refuses; with `undefined`, such a row ends the run. */
  readonly rejected: RejectedRows | undefined;
}
