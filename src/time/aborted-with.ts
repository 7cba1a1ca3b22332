/** A controller of our own, which is also aborted with the signal, for the same reason. */
export function abortedWith(signal: AbortSignal): AbortController {
  const abortController = new AbortController();
  const abort = () => abortController.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return abortController;
}
