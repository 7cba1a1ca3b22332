// What `npm install` brings: this package as it would be published, the minimal server's dependencies, and published
// bridges, each in a folder of its own. The folders stay, so that only the first run needs the registry; the bridges
// are no dependency of the project.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const cache = resolve('node_modules/.cache/bench');

/** Installs the packages, as `name@version` or a tarball. @returns the folder, how many packages and how large. */
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

/** Builds and packs this package anew, and installs it. */
export function installThis() {
  // A build leaves the chunks of earlier ones for a while; a package has none of them.
  rmSync('dist', { recursive: true, force: true });
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
  rmSync(join(cache, 'this'), { recursive: true, force: true });
  mkdirSync(join(cache, 'this'), { recursive: true });
  const packed = npm('pack', '--ignore-scripts', '--json', '--pack-destination', join(cache, 'this'));
  return install('this', join(cache, 'this', JSON.parse(packed)[0].filename));
}

/** The version of a package that the project itself uses. */
export const versionHere = (name) =>
  `${name}@${JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version}`;

function npm(...args) {
  return execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function bytesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
