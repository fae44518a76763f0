/** A mistake in the command line, which its message says in one line. */
export class UsageError extends Error {
  override name = 'UsageError';
}
