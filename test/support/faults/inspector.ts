import { WebSocket } from 'undici';

/** What a process holds at one moment. */
export interface Holdings {
  /** Size of the heap in bytes, after garbage collection. */
  readonly heap: number;
  /** Number of active resources of each kind: sockets, timers, pipes, files. */
  readonly resources: Readonly<Record<string, number>>;
  /** Listeners on the process and its standard streams. */
  readonly listeners: number;
}

/** Node's option to open the inspector on a free port. Its address is the first line of stderr. */
export const inspectorOption = '--inspect=127.0.0.1:0';

export const inspectorAddress = /ws:\/\/127\.0\.0\.1:\d+\/\S+/;

/** Does not count the inspector itself: its listener and connection run in another thread. */
const holdings = `(() => {
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const count = (emitter) => emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
  return { resources, listeners: count(process) + count(process.stdin) + count(process.stdout) };
})()`;

export interface Inspector {
  look(): Promise<Holdings>;
  /** Must be called before the program ends, which would wait for it. */
  close(): Promise<void>;
}

/** Inspects a running program from outside, so that the program needs no code for it. */
export async function inspect(address: string): Promise<Inspector> {
  const socket = new WebSocket(address);
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error(`no inspector at ${address}`));
  });
  // biome-ignore lint/suspicious/noExplicitAny: the inspector's answers, one of each kind
  const waiting = new Map<number, (result: any) => void>();
  socket.onmessage = ({ data }) => {
    const { id, result } = JSON.parse(data);
    waiting.get(id)?.(result);
    waiting.delete(id);
  };
  let last = 0;
  const ask = (method: string, params: object = {}) =>
    // biome-ignore lint/suspicious/noExplicitAny: as above
    new Promise<any>((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  return {
    async look() {
      // What finalizers release is collected by the second run.
      await ask('HeapProfiler.collectGarbage');
      await ask('HeapProfiler.collectGarbage');
      const { usedSize } = await ask('Runtime.getHeapUsage');
      const { result } = await ask('Runtime.evaluate', { expression: holdings, returnByValue: true });
      return { heap: usedSize, ...result.value };
    },
    close: () =>
      new Promise((resolve) => {
        socket.onclose = () => resolve();
        socket.close();
      }),
  };
}
