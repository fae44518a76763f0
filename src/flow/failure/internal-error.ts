import { TelarError } from '../../errors/telar-error.ts';

/**
 * Makes the error of a call for which Telar's own books do not balance: what was sent and what came back are not the
 * same. Such a call rejects, however much of it is right, since nobody can tell which part that is.
 */
export function makeInternalError(difference: string): TelarError {
  return new TelarError(
    `Internal error of Telar: ${difference}. Its results cannot be trusted. ` +
      'Please report this, with the call that it came from: https://github.com/telar-js/telar/issues',
  );
}
