/** Runs work that is asked for several times at once only once, by its key. `SendLog.singleFlight` says what callers get. */
export function singleFlights() {
  const underWay = new Map<string, { promise: Promise<unknown>; signal: AbortSignal }>();
  return async function fly<T>(
    key: string,
    signal: AbortSignal,
    work: () => Promise<T>,
    onJoin?: () => void,
  ): Promise<T> {
    const first = underWay.get(key);
    if (first) {
      onJoin?.();
      try {
        return (await first.promise) as T;
      } catch (error) {
        if (!first.signal.aborted || signal.aborted) throw error;
        return fly(key, signal, work, onJoin);
      }
    }
    const promise = work().finally(() => underWay.delete(key));
    underWay.set(key, { promise, signal });
    return promise;
  };
}
