import { recogniseCopies } from '../../realm/thread-registry.ts';
import { TelarError } from '../../errors/telar-error.ts';

/** A value was sent into a channel that is closed. */
export class ChannelClosedError extends TelarError {
  override name = 'ChannelClosedError';

  constructor() {
    super('The channel is closed: nothing can be sent any more.');
  }
}

recogniseCopies(ChannelClosedError, 'ChannelClosedError');
