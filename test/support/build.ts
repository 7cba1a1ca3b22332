import { execFileSync } from 'node:child_process';

/** Builds the program that the end-to-end tests start. */
export default function build(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
