import { Redis } from 'ioredis';
import pg from 'pg';
import { resolveConfig } from 'vitest/node';

/** Removes what tests left in PostgreSQL and Redis that were ended in the middle because a change made them hang. */
class RemoveLeftovers {
  async wrapUp() {
    const { vitestConfig } = await resolveConfig({ config: 'scripts/mutate/vitest.config.ts' });
    const { STATE_TEST_POSTGRES: postgresUrl, STATE_TEST_REDIS: redisUrl } = vitestConfig.env;
    const names = process.env['STATE_TEST_NAMES'];
    if (postgresUrl) await dropSchemas(postgresUrl, names);
    if (redisUrl) await deleteKeys(redisUrl, names);
  }
}

async function dropSchemas(connectionString, names) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows: schemas } = await client.query(
    'select nspname as name from pg_namespace where starts_with(nspname, $1)',
    [names],
  );
  for (const { name } of schemas) await client.query(`drop schema ${name} cascade`);
  const { rows: roles } = await client.query(
    'select rolname as name from pg_roles where starts_with(rolname, $1)',
    [`user_${names}`],
  );
  for (const { name } of roles) await client.query(`drop owned by ${name}; drop role ${name}`);
  await client.end();
}

async function deleteKeys(address, names) {
  const client = new Redis(address);
  const keys = await client.keys(`${names}*`);
  if (keys.length > 0) await client.del(keys);
  client.disconnect();
}

export const strykerPlugins = [
  { kind: 'Reporter', name: 'remove-leftovers', injectableClass: RemoveLeftovers },
];
