/** Callbacks that wait for a signal, and the one listener on it that serves them all. */
interface Audience {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const audiences = new WeakMap<AbortSignal, Audience>();

/**
 * Calls back when the signal fires. However many calls share a signal, it has one listener: more than ten would make
 * Node warn of a leak. Returns a function that takes the callback back; the listener goes with the last callback.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const audience = audiences.get(signal) ?? openAudience(signal);
  audience.callbacks.add(callback);
  return () => {
    audience.callbacks.delete(callback);
    if (audience.callbacks.size > 0) return;
    signal.removeEventListener('abort', audience.listener);
    if (audiences.get(signal) === audience) audiences.delete(signal);
  };
}

function openAudience(signal: AbortSignal): Audience {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    for (const callback of callbacks) callback();
  };
  const audience = { callbacks, listener };
  audiences.set(signal, audience);
  signal.addEventListener('abort', listener, { once: true });
  return audience;
}
