import { Redis } from 'ioredis';
import pg from 'pg';
import { resolveConfig } from 'vitest/node';

/** Removes what tests left in PostgreSQL and Redis that were ended in the middle because a change made them hang. */
class RemoveLeftovers {
  #before = Promise.resolve([]);

  onDryRunCompleted() {
    this.#before = withPostgres(findSchemas);
    // Reported by `wrapUp`.
    this.#before.catch(() => {});
  }

  async wrapUp() {
    const before = await this.#before;
    await withPostgres(async (client) => {
      // A change may also make tests use the default schema.
      const schemas = (await findSchemas(client)).filter((name) => !before.includes(name));
      for (const name of schemas) await client.query(`drop schema ${name} cascade`);
      for (const name of await findRoles(client))
        await client.query(`drop owned by ${name}; drop role ${name}`);
    });
    await deleteKeys();
  }
}

const names = process.env['STATE_TEST_NAMES'];

async function servers() {
  const { vitestConfig } = await resolveConfig({ config: 'scripts/mutate/vitest.config.ts' });
  const { STATE_TEST_POSTGRES: postgresUrl, STATE_TEST_REDIS: redisUrl } = vitestConfig.env;
  return { postgresUrl, redisUrl };
}

async function withPostgres(work) {
  const { postgresUrl } = await servers();
  if (!postgresUrl) return [];
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function findSchemas(client) {
  const { rows } = await client.query(
    `select nspname as name from pg_namespace where starts_with(nspname, $1) or nspname = 'opencx_mcp'`,
    [names],
  );
  return rows.map(({ name }) => name);
}

async function findRoles(client) {
  const { rows } = await client.query('select rolname as name from pg_roles where starts_with(rolname, $1)', [
    `user_${names}`,
  ]);
  return rows.map(({ name }) => name);
}

async function deleteKeys() {
  const { redisUrl } = await servers();
  if (!redisUrl) return;
  const client = new Redis(redisUrl);
  const keys = await client.keys(`${names}*`);
  if (keys.length > 0) await client.del(keys);
  client.disconnect();
}

export const strykerPlugins = [
  { kind: 'Reporter', name: 'remove-leftovers', injectableClass: RemoveLeftovers },
];
