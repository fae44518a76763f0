import { recogniseCopies } from '../../realm/thread-registry.ts';
import { TelarError } from '../../errors/telar-error.ts';

/** The thread that held a lock died: what the lock guards may be half done. The lock itself is free again. */
export class LockLostError extends TelarError {
  override name = 'LockLostError';

  constructor() {
    super(
      'The thread that held this lock has died: what the lock guards may be half done. ' +
        'The lock is free again: repair what it guards once you have taken it.',
    );
  }
}

recogniseCopies(LockLostError, 'LockLostError');
