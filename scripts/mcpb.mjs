// Builds the .mcpb bundle, which desktop clients install with a double click: node scripts/mcpb.mjs [file]
// Requires network access: the SQLite driver is a separate package for each platform, and the bundle contains those of all
// platforms that clients run on.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Not a development dependency: it would add 55 packages for one call per release. */
const packer = '@anthropic-ai/mcpb@2.1.2';

/** Platforms, named as in libsql's driver packages. */
const platforms = ['darwin-arm64', 'darwin-x64', 'win32-x64-msvc', 'linux-x64-gnu', 'linux-arm64-gnu'];

const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
const bundle = resolve(process.argv[2] ?? `${name}-${version}.mcpb`);
const folder = mkdtempSync(join(tmpdir(), 'mcpb-'));
// On Windows, npm and npx are batch files, which need a shell.
const run = (command, ...args) =>
  execFileSync(command, args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' });

try {
  execFileSync(process.execPath, ['scripts/build.mjs', join(folder, 'dist')], { stdio: 'inherit' });
  // The client library is for other programs.
  rmSync(join(folder, 'dist', 'client.js'));
  for (const file of ['manifest.json', 'package.json', 'package-lock.json', 'LICENSE']) {
    cpSync(file, join(folder, file));
  }
  run('npm', 'ci', '--omit=dev', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund');
  const { optionalDependencies: drivers } = JSON.parse(
    readFileSync(join(folder, 'node_modules', 'libsql', 'package.json'), 'utf8'),
  );
  const packages = platforms.map((platform) => `@libsql/${platform}@${drivers[`@libsql/${platform}`]}`);
  // --force, because all but one of the drivers are for other platforms.
  run(
    'npm',
    'install',
    '--force',
    '--no-save',
    '--omit=dev',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    ...packages,
  );
  rmSync(join(folder, 'package-lock.json'));
  // npm also installs every other driver that fits this machine.
  const installed = join(folder, 'node_modules', '@libsql');
  for (const driver of readdirSync(installed)) {
    if (!platforms.includes(driver)) rmSync(join(installed, driver), { recursive: true });
  }
  run('npx', '--yes', packer, 'validate', 'manifest.json');
  run('npx', '--yes', packer, 'pack', '.', bundle);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
