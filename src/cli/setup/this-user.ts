import { hostname, userInfo } from 'node:os';

/** Who runs this program, by the operating system. */
export function thisUser(): string {
  try {
    return userInfo().username;
  } catch {
    // The user of a container may have no name.
    return hostname();
  }
}
