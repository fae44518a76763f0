import type { RequestOutcome } from './protocol.ts';

/** Returns whether something is an outcome, as far as the main thread relies on it: an object may have made it up. */
export function isOutcome(outcome: unknown): outcome is RequestOutcome {
  if (typeof outcome !== 'object' || outcome === null) return false;
  const { kind, stream, done, thrown, signal, path, reason } = outcome as Readonly<Record<string, unknown>>;
  switch (kind) {
    case 'value':
    case 'gone':
      return true;
    case 'stream':
      return Number.isSafeInteger(stream);
    case 'step':
      return typeof done === 'boolean';
    case 'thrown':
      return typeof thrown === 'object' && thrown !== null;
    case 'aborted':
      return Number.isSafeInteger(signal);
    case 'uncloneable':
      return typeof path === 'string' && typeof reason === 'string';
    default:
      return false;
  }
}
