// Installs this package as published, the minimal server's dependencies, and the published bridges, each in its own folder.
// The bridges are not dependencies of the project. The folders are kept, so only the first run needs the registry.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const cache = resolve('node_modules/.cache/bench');

/**
 * @param packages `name@version` or tarballs.
 * @returns the folder, and the number and total size of the installed packages.
 */
export function install(name, ...packages) {
  const folder = join(cache, name);
  if (!existsSync(join(folder, 'node_modules', '.package-lock.json'))) {
    mkdirSync(folder, { recursive: true });
    npm('install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder, ...packages);
  }
  const lock = JSON.parse(readFileSync(join(folder, 'node_modules', '.package-lock.json'), 'utf8'));
  const mb = bytesIn(join(folder, 'node_modules')) / 1_000_000;
  return { folder, packages: Object.keys(lock.packages).length, mb };
}

/** Builds, packs and installs this package. */
export function installThisPackage() {
  // A build keeps recent chunks of earlier builds, which must not be packed.
  rmSync('dist', { recursive: true, force: true });
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
  rmSync(join(cache, 'this'), { recursive: true, force: true });
  mkdirSync(join(cache, 'this'), { recursive: true });
  const packed = npm('pack', '--ignore-scripts', '--json', '--pack-destination', join(cache, 'this'));
  return install('this', join(cache, 'this', JSON.parse(packed)[0].filename));
}

/** A package in the version that this project uses, as `name@version`. */
export const sameVersion = (name) =>
  `${name}@${JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version}`;

function npm(...args) {
  return execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function bytesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
