import { WebSocket } from 'undici';

/** What a process holds at a moment. */
export interface Holdings {
  /** Bytes of its heap, after all garbage was collected. */
  readonly heap: number;
  /** What keeps it alive, by kind and number: sockets, timers, pipes, files. */
  readonly resources: Readonly<Record<string, number>>;
  /** Listeners on the process and its standard streams. */
  readonly listeners: number;
}

/** Node's option that opens the inspector on a free port; its address is then the first that stderr says. */
export const inspectorOption = '--inspect=127.0.0.1:0';

export const inspectorAddress = /ws:\/\/127\.0\.0\.1:\d+\/\S+/;

/** The inspector's listener and its connection run in a thread of their own: they are not counted. */
const holdings = `(() => {
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const count = (emitter) => emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
  return { resources, listeners: count(process) + count(process.stdin) + count(process.stdout) };
})()`;

export interface Inspector {
  look(): Promise<Holdings>;
  /** Has to be closed before the program can end: it would wait for that. */
  close(): Promise<void>;
}

/** Looks into a running program from outside: it needs no door of its own for it. */
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
      // What finalizers let go of is gone with the second round only.
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
