/**
 * Waits no longer than `ms`: a file system on a network may never answer.
 * @param late called with a result that comes after that.
 * @throws when the time is over.
 */
export async function inTime<T>(work: Promise<T>, ms: number, late?: (result: T) => unknown): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new Error('it does not answer'));
    }, ms);
  });
  work.then((result) => (isLate ? late?.(result) : undefined)).catch(() => {});
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
