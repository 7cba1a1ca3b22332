import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newToken } from '../../../src/mcp/http/tokens.ts';
import { start } from '../program/program.ts';
import { type TestSchema, testSchema } from '../state/postgres.ts';
import { redisUrl, testPrefix } from '../state/redis.ts';
import { cuttableRelay, type Relay } from '../state/relay.ts';
import { type RoundRobin, roundRobin } from './round-robin.ts';

export interface ServedTeamOptions {
  readonly replicas: number;
  /** The API of each workspace. */
  readonly workspaces: Readonly<Record<string, { readonly url: string; readonly key: string }>>;
  /** Each gets a token. */
  readonly people: readonly { readonly name: string; readonly workspace: string }[];
  readonly requestsPerMinute?: number;
  readonly role?: object;
  readonly env?: Readonly<Record<string, string>>;
  readonly host?: string;
}

export interface Replica {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it logged. */
  log(): string;
}

/** Replicas of the built program behind a load balancer, with one database, one Redis and one team. */
export interface ServedTeam {
  readonly balancer: RoundRobin;
  readonly replicas: Replica[];
  readonly schema: TestSchema;
  readonly keys: ReturnType<typeof testPrefix>;
  /** In front of PostgreSQL. */
  readonly database: Relay;
  /** The address of a person's workspace, behind the load balancer, and their token. */
  person(name: string): { readonly url: string; readonly token: string };
  /** Starts one more replica. It gets requests as soon as it listens. */
  launch(): Promise<Replica>;
  /** Ends a replica as a crash would. The load balancer finds out by itself. */
  kill(replica: Replica): Promise<void>;
  /** The logs of all replicas, also of those that ended. */
  logs(): string;
  close(): Promise<void>;
}

export async function serveTeam(options: ServedTeamOptions): Promise<ServedTeam> {
  const folder = mkdtempSync(join(tmpdir(), 'opencx-replicas-'));
  const schema = await testSchema();
  const keys = testPrefix();
  const database = await cuttableRelay(schema.url);
  const balancer = await roundRobin();
  const people = options.people.map((person) => ({ ...person, ...newToken() }));
  const variable = (workspace: string) => `KEY_OF_${workspace.toUpperCase()}`;
  const ids = Object.keys(options.workspaces);
  const team = join(folder, 'team.jsonc');
  writeFileSync(
    team,
    JSON.stringify({
      workspaces: Object.fromEntries(
        Object.entries(options.workspaces).map(([id, { url }]) => [
          id,
          {
            api_key_env: variable(id),
            api_url: url,
            requests_per_minute: options.requestsPerMinute ?? 1_000_000,
          },
        ]),
      ),
      roles: { agent: { confirm_sends: 'ask', ...options.role } },
      tokens: people.map(({ name, workspace, sha256 }) => ({ name, sha256, workspace, role: 'agent' })),
    }),
  );
  const redis = new URL(redisUrl ?? '');
  // Of ioredis: the start of all keys.
  redis.searchParams.set('keyPrefix', keys.prefix);
  const env = {
    ...Object.fromEntries(ids.map((id) => [variable(id), options.workspaces[id]?.key ?? ''])),
    OPENCX_DATABASE_URL: database.url,
    OPENCX_REDIS_URL: redis.href,
    OPENCX_LOG_LEVEL: 'info',
    ...options.env,
  };
  const replicas: Replica[] = [];
  const started: Replica[] = [];

  async function launch(): Promise<Replica> {
    const child = start({
      args: ['http', '--team', team, '--port', '0', '--host', options.host ?? '127.0.0.1'],
      env,
    });
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
    let stdout = '';
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      stdout += chunk;
      const port = /over MCP: http:\/\/[^:]+:(\d+)/.exec(stdout)?.[1];
      if (port === undefined || !stdout.includes('Ctrl-C')) continue;
      child.stdout.resume();
      const replica = { url: `http://127.0.0.1:${port}`, process: child, log: () => log };
      replicas.push(replica);
      started.push(replica);
      balancer.targets.push(replica.url);
      return replica;
    }
    throw new Error(`The replica ended: ${log}`);
  }
  await Promise.all(Array.from({ length: options.replicas }, launch));

  return {
    balancer,
    replicas,
    schema,
    keys,
    database,
    person(name) {
      const { workspace, token } = people.find((one) => one.name === name) ?? {};
      if (workspace === undefined || token === undefined) throw new Error(`Nobody is called ${name}.`);
      const path = ids.length === 1 ? '/mcp' : `/mcp/w/${workspace}`;
      return { url: `${balancer.url}${path}`, token };
    },
    launch,
    async kill(replica) {
      const ended = once(replica.process, 'exit');
      replica.process.kill('SIGKILL');
      await ended;
      replicas.splice(replicas.indexOf(replica), 1);
      balancer.targets.splice(balancer.targets.indexOf(replica.url), 1);
    },
    logs: () => started.map(({ log }) => log()).join(''),
    async close() {
      for (const { process } of started) process.kill('SIGKILL');
      await balancer.close();
      await database.close();
      await schema.drop();
      await keys.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
