import type { SessionTerms } from '../../hosts/host.ts';
import type { Admission } from '../../work/admission.ts';

/** Limits of a pool's dispatch. */
export interface DispatchLimits extends SessionTerms {
  /** Milliseconds between asking a worker to stop and stopping it. */
  readonly grace: number;
  /** Counts the calls on the pool, where it takes only so many. */
  readonly admission: Admission | undefined;
}
