import { existsSync, readdirSync } from 'node:fs';
import { applicationFolder, configFolder, type Machine, pathsOf } from '../machine.ts';

/** A path on any machine. */
export type Place = (machine: Machine) => string;

export const below = (folder: Place, ...parts: string[]): Place => {
  return (machine) => pathsOf(machine.platform).join(folder(machine), ...parts);
};

/** Below the home folder. */
export const home = (...parts: string[]): Place => below((machine) => machine.home, ...parts);

/** Below the folder where applications keep their settings. */
export const application = (...parts: string[]): Place => below(applicationFolder, ...parts);

/** Below the XDG configuration folder, on every system. */
export const config = (...parts: string[]): Place => below(configFolder, ...parts);

/** Below a folder that a variable may move. */
export const movable = (variable: string, usual: Place, ...parts: string[]): Place =>
  below((machine) => machine.env[variable] || usual(machine), ...parts);

/** A path of its own on Windows. */
export const onWindows = (windows: Place, others: Place): Place => {
  return (machine) => (machine.platform === 'win32' ? windows : others)(machine);
};

/**
 * On Windows, newer versions are MSIX packages. Their access to %APPDATA% is redirected to a folder of the package, and
 * the documented folder is never read.
 */
export function claudeDesktopFolder(machine: Machine): string {
  const { home, env, platform, elsewhere } = machine;
  const { join } = pathsOf(platform);
  if (platform === 'win32' && !elsewhere) {
    const packages = join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'Packages');
    const redirected = foldersIn(packages)
      .filter((name) => name.startsWith('Claude_'))
      .map((name) => join(packages, name, 'LocalCache', 'Roaming', 'Claude'))
      .find((folder) => existsSync(folder));
    if (redirected !== undefined) return redirected;
  }
  return join(applicationFolder(machine), 'Claude');
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
