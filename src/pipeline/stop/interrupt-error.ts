import { TelarError } from '../../errors/telar-error.ts';

/** A signal has ended a run in order: what was in flight is done, and all is closed. */
export class InterruptError extends TelarError {
  override name = 'InterruptError';
  readonly signal: 'SIGINT' | 'SIGTERM';

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`The run was ended by ${signal}.`);
    this.signal = signal;
  }
}
