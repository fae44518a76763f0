import { onAbort } from '../../../async/on-abort.ts';

/** Makes a signal that also fires when one try, with its redirects and the body, has taken `timeout` ms. */
export function limitTime(
  timeout: number | undefined,
  signal: AbortSignal | undefined,
): { signal: AbortSignal | undefined; end: () => void } {
  if (timeout === undefined) return { signal, end: () => {} };
  const controller = new AbortController();
  const pass = (): void => controller.abort(signal?.reason);
  const stopListening = signal && onAbort(signal, pass);
  if (signal?.aborted === true) pass();
  const timer = setTimeout(
    () => controller.abort(new Error(`no whole answer within ${timeout} ms`)),
    timeout,
  );
  const end = (): void => {
    clearTimeout(timer);
    stopListening?.();
  };
  return { signal: controller.signal, end };
}
