// The API that all servers call: recorded responses of a sandbox, and its OpenAPI document.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const key = 'bench-sandbox-key';

/** @returns its address and key, session ids, a temporary folder, and the path of the OpenAPI document. */
export async function startUpstream() {
  const folder = mkdtempSync(join(tmpdir(), 'opencx-bench-'));
  const env = { ...process.env, OPENCX_SANDBOX_KEY: key, OPENCX_SANDBOX_RATE_LIMIT: '0' };
  const sandboxArgs = ['dist/main.cjs', 'sandbox', '--port', '0', '--database', ':memory:'];
  const sandbox = await startListening(sandboxArgs, env);
  const api = await startListening(['scripts/bench/fixtures/upstream.mjs'], {
    OPENCX_API_URL: sandbox.url,
    OPENCX_API_KEY: key,
  });
  const { url } = api;

  const read = async (path) => (await fetch(url + path)).json();
  const document = join(folder, 'openapi.json');
  writeFileSync(document, JSON.stringify({ ...(await read('/openapi.json')), servers: [{ url }] }));
  const { items } = await read('/chat/sessions?status=open&handed_off=true');
  const sessionIds = items.map(({ id }) => id);
  return {
    ...{ url, key, folder, document, sessionIds, sessionId: sessionIds[0] },
    end() {
      sandbox.child.kill();
      api.child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a program that prints the address it listens on. */
async function startListening(args, env) {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  // Also stops the program if the benchmark is interrupted.
  process.once('exit', () => child.kill());
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  let printed = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk;
    const url = /http:\/\/[\d.]+:\d+/.exec(printed)?.[0];
    if (url) return { child, url };
  }
  throw new Error(`${args.join(' ')} exited before listening`);
}
