import { execFileSync } from 'node:child_process';

/** Builds the program for the end-to-end tests. */
export default function build(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
