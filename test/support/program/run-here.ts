import { vi } from 'vitest';
import '../../../src/mcp/zod-config.ts';
import { readFileSync } from 'node:fs';
import { run } from '../../../src/cli/run.ts';
import { program } from './program.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/**
 * Runs a command to its end like `runToEnd`, but in this process, which takes a hundredth of the time. Nothing is read
 * from the environment of this process, except the home folder if none is given. One command at a time.
 */
export async function runHere({ args = [], env = {} }: { args?: string[]; env?: Record<string, string> }) {
  const output = { stdout: '', stderr: '' };
  const writes = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      output[name] += chunk;
      return true;
    }),
  );
  const { argv, exitCode } = process;
  const homes = ['HOME', 'USERPROFILE'].map((name) => [name, process.env[name]] as const);
  try {
    process.argv = [process.execPath, program, ...args];
    for (const [name] of homes) if (env[name] !== undefined) process.env[name] = env[name];
    return { code: await keepingListeners(() => run(args, env, version)), ...output };
  } finally {
    process.argv = argv;
    process.exitCode = exitCode;
    for (const [name, value] of homes) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    for (const write of writes) write.mockRestore();
  }
}

/** Removes the listeners that a command leaves on stdout and on its process for the rest of their time. */
export async function keepingListeners<T>(work: () => Promise<T>): Promise<T> {
  const watched: readonly [NodeJS.EventEmitter, string][] = [
    [process.stdout, 'error'],
    [process, 'uncaughtException'],
  ];
  const before = watched.map(([emitter, event]) => emitter.listeners(event));
  try {
    return await work();
  } finally {
    for (const [at, [emitter, event]] of watched.entries())
      for (const listener of emitter.listeners(event) as (() => void)[])
        if (!before[at]?.includes(listener)) emitter.off(event, listener);
  }
}
