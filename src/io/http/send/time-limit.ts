/** Makes a signal that also fires when one try, with its redirects and the body, has taken `timeout` ms. */
export function limitTime(
  timeout: number | undefined,
  signal: AbortSignal | undefined,
): { signal: AbortSignal | undefined; end: () => void } {
  if (timeout === undefined) return { signal, end: () => {} };
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  const timer = setTimeout(
    () => controller.abort(new Error(`no whole answer within ${timeout} ms`)),
    timeout,
  );
  const end = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  return { signal: controller.signal, end };
}
