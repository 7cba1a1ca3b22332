import path from 'node:path';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { homeFolder } from '../settings/home-folder.ts';
import type { Environment } from '../settings/read-settings.ts';

/** What the locations of files depend on. */
export interface Machine {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly home: string;
  readonly env: Environment;
  /** Another machine than this one, whose files cannot be looked up. */
  readonly elsewhere: boolean;
}

export function thisMachine(env: Environment): Machine {
  const { platform } = process;
  const known = platform === 'win32' || platform === 'darwin' ? platform : 'linux';
  return { platform: known, home: homeFolder(), env, elsewhere: false };
}

const platforms: Readonly<Record<string, Machine['platform']>> = {
  linux: 'linux',
  macos: 'darwin',
  windows: 'win32',
};

/**
 * The machine of the given system; this one if it has the same system, or none is given.
 * @throws ConfigurationError for an unknown system, or to change files of another machine.
 */
export function selectMachine(
  { os, write, remove }: { readonly os?: string; readonly write?: boolean; readonly remove?: boolean },
  env: Environment,
): Machine {
  const current = thisMachine(env);
  if (os === undefined) return current;
  const platform = platforms[os];
  if (platform === undefined) {
    throw new ConfigurationError(`--os: must be one of ${Object.keys(platforms).join(', ')}.`);
  }
  if (platform === current.platform) return current;
  if (write || remove) {
    const flag = write ? '--write' : '--remove';
    throw new ConfigurationError(`--os and ${flag} cannot be used together: --os is for another machine.`);
  }
  // Variables of this machine do not apply to another one.
  return platform === 'win32'
    ? { platform, home: '%USERPROFILE%', env: { APPDATA: '%APPDATA%' }, elsewhere: true }
    : { platform, home: '~', env: {}, elsewhere: true };
}

/** Path functions for the given system. */
export function pathsOf(platform: Machine['platform']): path.PlatformPath {
  return platform === 'win32' ? path.win32 : path.posix;
}

/** Where applications store their settings. */
export function applicationFolder(machine: Machine): string {
  const { home, env, platform } = machine;
  if (platform === 'darwin') return path.posix.join(home, 'Library', 'Application Support');
  if (platform === 'win32') return env['APPDATA'] || path.win32.join(home, 'AppData', 'Roaming');
  return configFolder(machine);
}

/** The XDG configuration folder. On macOS only Zed uses it, and ignores the variable. */
export function configFolder({ home, env, platform }: Machine): string {
  return (platform === 'linux' && env['XDG_CONFIG_HOME']) || path.posix.join(home, '.config');
}
