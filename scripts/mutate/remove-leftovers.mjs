import { Redis } from 'ioredis';
import pg from 'pg';
import { resolveConfig } from 'vitest/node';

/** Some tests hang because of a change, and are ended in the middle. Removes what they left in PostgreSQL and Redis. */
class RemoveLeftovers {
  async wrapUp() {
    const { vitestConfig } = await resolveConfig({ config: 'scripts/mutate/vitest.config.ts' });
    const { STATE_TEST_POSTGRES: postgresUrl, STATE_TEST_REDIS: redisUrl } = vitestConfig.env;
    if (redisUrl) await deleteKeys(redisUrl);
    if (!postgresUrl) return;
    await withPostgres(postgresUrl, async (client) => {
      for (const name of await findSchemas(client)) await client.query(`drop schema ${name} cascade`);
      for (const name of await findRoles(client))
        await client.query(`drop owned by ${name}; drop role ${name}`);
    });
  }
}

const names = process.env['STATE_TEST_NAMES'];

async function withPostgres(postgresUrl, work) {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

async function findSchemas(client) {
  const { rows } = await client.query(
    'select nspname as name from pg_namespace where starts_with(nspname, $1)',
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

async function deleteKeys(redisUrl) {
  const client = new Redis(redisUrl);
  const keys = await client.keys(`${names}*`);
  if (keys.length > 0) await client.del(keys);
  client.disconnect();
}

export const strykerPlugins = [
  { kind: 'Reporter', name: 'remove-leftovers', injectableClass: RemoveLeftovers },
];
