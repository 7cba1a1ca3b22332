import { once } from 'node:events';
import { start } from '../../program/program.ts';

/** The key that all replicas of a run accept. */
const key = 'ocx_sandbox_durability';

/** The built sandbox in a separate process. */
export interface Replica {
  /** False once `kill` was called. */
  readonly alive: boolean;
  /**
   * Sends a request. @returns the response body, or undefined if the process was killed before it responded.
   * @throws for any status other than 200.
   */
  // biome-ignore lint/suspicious/noExplicitAny: parsed responses
  call(method: string, path: string, body?: unknown): Promise<any>;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
}

/** Starts a process. It may be killed at any time, even before it listens. */
export function launch(database: string, seed: number) {
  const child = start({
    args: ['sandbox', '--port', '0', '--database', database, '--seed', String(seed)],
    env: {
      OPENCX_SANDBOX_KEY: key,
      OPENCX_SANDBOX_RATE_LIMIT: '0',
      OPENCX_SANDBOX_AUTOPILOT_MS: '5',
    },
  });
  child.stdin.end();
  let alive = true;
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  async function kill() {
    alive = false;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  /** @throws if it exits before it listens. */
  async function ready(): Promise<Replica> {
    let stdout = '';
    for await (const chunk of child.stdout) {
      stdout += chunk;
      const url = /OPENCX_API_URL=(\S+)\n/.exec(stdout)?.[1];
      if (url !== undefined) return replica(url);
    }
    throw new Error(`The sandbox exited before it listened: ${stderr}`);
  }
  function replica(url: string): Replica {
    // Drain stdout, so that the pipe does not fill up.
    child.stdout.resume();
    return {
      get alive() {
        return alive;
      },
      kill,
      async call(method, path, body) {
        let status: number;
        let text: string;
        try {
          const answer = await fetch(url + path, {
            method,
            headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
            ...(body !== undefined && { body: JSON.stringify(body) }),
          });
          status = answer.status;
          text = await answer.text();
        } catch (error) {
          if (alive) throw error;
          return undefined;
        }
        if (status !== 200) throw new Error(`${method} ${path}: ${status} ${text} ${stderr}`);
        return text === '' ? null : JSON.parse(text);
      },
    };
  }
  return { ready, kill };
}
