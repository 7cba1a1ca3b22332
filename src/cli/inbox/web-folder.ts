/** The built page. The build replaces this module, because the program is in other folders than its sources. */
export const webFolder = new URL('../../../dist/web/', import.meta.url);
