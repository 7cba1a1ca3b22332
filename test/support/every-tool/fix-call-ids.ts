import { afterAll, beforeAll, vi } from 'vitest';

/** Gives all calls of a file one id, which is the boundary of their data blocks. A random one may hold any short text. */
export function fixCallIds(id: string): void {
  beforeAll(() => {
    vi.spyOn(crypto, 'randomUUID').mockReturnValue(`00000000-0000-4000-8000-${id}`);
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });
}
