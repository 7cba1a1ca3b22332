import { expect, it } from 'vitest';
import { zodToJsonSchema } from 'zod-to-json-schema';
import packageJson from '../../package.json' with { type: 'json' };
import { TeamFile } from '../../src/cli/team/team-file.ts';

it('the JSON Schema of the team file is generated from the code, and published', async () => {
  const schema = zodToJsonSchema(TeamFile, { $refStrategy: 'none' });
  const titled = { title: 'Team file of opencx-sessions-mcp', ...schema };
  await expect(`${JSON.stringify(titled, null, 2)}\n`).toMatchFileSnapshot('../../team.schema.json');
  expect(packageJson.files).toContain('team.schema.json');
  expect(packageJson.exports['./team.schema.json']).toBe('./team.schema.json');
});
