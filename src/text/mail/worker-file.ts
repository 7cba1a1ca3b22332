/** The built worker. The build replaces this module, because the program is in other folders than its sources. */
export const workerFile = new URL('../../../dist/mail-worker.cjs', import.meta.url);
