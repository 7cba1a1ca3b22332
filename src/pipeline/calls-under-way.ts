/** The calls that are being executed. It outlives the servers that execute them, so that a shutdown can wait for all. */
export class CallsUnderWay {
  readonly #calls = new Set<Promise<unknown>>();

  track<T>(call: Promise<T>): Promise<T> {
    this.#calls.add(call);
    return call.finally(() => this.#calls.delete(call));
  }

  /** Resolves when no call is being executed and every answer is written. */
  async idle(): Promise<void> {
    // A turn of the event loop turns a message just read into a call, and writes the answer of a finished call.
    do {
      await Promise.allSettled(this.#calls);
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#calls.size > 0);
  }
}
