import { TelarError } from '../errors/telar-error.ts';

/** Problem that a cluster has. */
export type ClusterProblem =
  /** No node serves the task in this version, and none came in time. */
  | 'no-node'
  /** The broker holds what another version of Telar wrote. */
  | 'version'
  /** The named run is that of another task, input or options. */
  | 'mismatch'
  /** Another caller, which lives, holds the named run. */
  | 'in-use'
  /** Another caller has taken the run over. */
  | 'superseded'
  /** The broker cannot be reached, or cannot be used as it is set up. */
  | 'broker'
  /** A message from the broker has a wrong form or signature. */
  | 'refused';

/** A run cannot go on in its cluster. Items have outcomes of their own, which are those of threads. */
export class ClusterError extends TelarError {
  override name = 'ClusterError';
  readonly reason: ClusterProblem;

  constructor(message: string, reason: ClusterProblem, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
