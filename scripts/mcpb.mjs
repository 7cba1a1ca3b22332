// Builds the .mcpb bundle, which desktop clients install by a double click: node scripts/mcpb.mjs [file]. It needs the
// network: the SQLite driver is a package for each system, and the bundle has those of all that clients run on.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The packer is not among the development dependencies: 55 packages for one call a release. */
const packer = '@anthropic-ai/mcpb@2.1.2';

/** As libsql names its drivers. */
const systems = ['darwin-arm64', 'darwin-x64', 'win32-x64-msvc', 'linux-x64-gnu', 'linux-arm64-gnu'];

const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
const bundle = resolve(process.argv[2] ?? `${name}-${version}.mcpb`);
const folder = mkdtempSync(join(tmpdir(), 'mcpb-'));
// On Windows npm and npx are batch files, which only a shell starts.
const run = (command, ...args) =>
  execFileSync(command, args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' });

try {
  execFileSync(process.execPath, ['scripts/build.mjs', join(folder, 'dist')], { stdio: 'inherit' });
  // For programs, not for a client.
  rmSync(join(folder, 'dist', 'client.js'));
  for (const file of ['manifest.json', 'package.json', 'package-lock.json', 'LICENSE']) {
    cpSync(file, join(folder, file));
  }
  run('npm', 'ci', '--omit=dev', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund');
  const { optionalDependencies: drivers } = JSON.parse(
    readFileSync(join(folder, 'node_modules', 'libsql', 'package.json'), 'utf8'),
  );
  const wanted = systems.map((system) => `@libsql/${system}@${drivers[`@libsql/${system}`]}`);
  // Forced, because all but one are made for another system than this.
  run(
    'npm',
    'install',
    '--force',
    '--no-save',
    '--omit=dev',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    ...wanted,
  );
  rmSync(join(folder, 'package-lock.json'));
  // npm adds what else fits this machine.
  const installed = join(folder, 'node_modules', '@libsql');
  for (const driver of readdirSync(installed)) {
    if (!systems.includes(driver)) rmSync(join(installed, driver), { recursive: true });
  }
  run('npx', '--yes', packer, 'validate', 'manifest.json');
  run('npx', '--yes', packer, 'pack', '.', bundle);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
