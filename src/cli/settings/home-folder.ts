import { homedir } from 'node:os';
import { ConfigurationError } from './configuration-error.ts';

/**
 * The user's home folder. Ask for it only when it is needed: a user in a container may have none.
 * @throws ConfigurationError when there is none.
 */
export function homeFolder(): string {
  let folder = '';
  try {
    folder = homedir();
  } catch {
    // Reported below.
  }
  if (folder !== '') return folder;
  throw new ConfigurationError(
    'This user has no home folder. Set HOME, or set OPENCX_STATE_DIR to a folder and write paths without ~.',
  );
}
