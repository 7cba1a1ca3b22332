import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkClient } from '../../../src/cli/doctor/client-entry.ts';
import type { McpClient } from '../../../src/cli/init/clients/client.ts';
import { clients } from '../../../src/cli/init/clients/clients.ts';
import { getClient, userFileOf } from '../../../src/cli/init/clients/find-client.ts';
import { makeEntry, usualKey } from '../../../src/cli/init/entry.ts';
import { runInit } from '../../../src/cli/init/init.ts';
import { type Machine, thisMachine } from '../../../src/cli/init/machine.ts';
import { type Addition, entriesOf, mergeEntry, removeEntry } from '../../../src/cli/init/merge.ts';
import { cliHome } from '../../support/program/cli-home.ts';
import { type ClientFileSample, clientFiles } from '../../support/program/client-files.ts';
import { writeTinyServer } from '../../support/program/tiny-server.ts';

const home = cliHome();
let program: string;
beforeEach(() => {
  program = writeTinyServer(home.path);
});

const here = (): Machine => thisMachine({ PATH: dirname(process.execPath) });
const init = (client: string, options: object) => runInit(client, [], options, program, {});

function place({ client, text }: ClientFileSample): string {
  const file = userFileOf(getClient(client), here());
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Comments, and what may look like one in a text. */
const comments = (text: string) => text.match(/(?<=^|\s)(?:\/\/|#).*?(?=\r?\n|$)|\/\*.*?\*\//g);

const samples = clientFiles.map((sample) => [sample.client, sample.what, sample] as const);
const firstOfEach = clients.flatMap(({ id }) => clientFiles.find(({ client }) => client === id) ?? []);

const name = 'opencx-sessions';
function additionFor(client: McpClient, flags: string[] = []): Addition {
  const launch = { kind: 'copy', node: 'node', program: '/opt/main.cjs' } as const;
  const key = usualKey(client);
  return { name, entry: makeEntry(client, 'linux', launch, flags, key), key };
}

async function merged(text: string, client: McpClient, addition: Addition): Promise<string> {
  const result = await mergeEntry(text, client, addition, true);
  if (result.outcome !== 'merged') throw new Error(`the outcome is ${result.outcome}`);
  return result.text;
}

describe('the file of a client, as people keep it', () => {
  it.each(samples)('%s, %s: keeps everything else, and can be as before', async (id, _, sample) => {
    const { text, needsBackup = false } = sample;
    const client = getClient(id);
    const before = await entriesOf(text, client);
    const addition = additionFor(client);
    const written = await merged(text, client, addition);
    expect(await entriesOf(written, client)).toEqual({ ...before, [name]: addition.entry });
    expect(comments(written)).toEqual(comments(text));
    expect(await mergeEntry(written, client, addition, false)).toEqual({ outcome: 'unchanged' });
    expect(await removeEntry(written, client, name, text)).toBe(text);

    // Without a backup of exactly that, only white space and commas may differ.
    const replaced = await merged(written, client, additionFor(client, ['--read-only']));
    const removed = await removeEntry(replaced, client, name, `${text} `);
    expect(await entriesOf(removed, client)).toEqual(before);
    expect(comments(removed)).toEqual(comments(text));
    if (!needsBackup) expect(removed).toBe(text);
  });

  it('is tried for every client', () => {
    expect(firstOfEach.map(({ client }) => client)).toEqual(clients.map(({ id }) => id));
  });

  it.each(firstOfEach)(
    'of $client gets an entry that starts, and is then byte for byte as before',
    async (sample) => {
      const client = getClient(sample.client);
      const file = place(sample);
      await init(client.id, { write: true, sandbox: true });
      const { findings } = await checkClient(client, here(), program, { sandbox: true });
      expect(findings.map(({ status, detail }) => `${status} ${detail}`)).toEqual([
        `ok ${client.title} has the entry opencx-sessions-sandbox in ${file}`,
        'ok opencx-sessions without key starts and lists 2 tools',
      ]);
      await init(client.id, { remove: true, sandbox: true });
      expect(readFileSync(file, 'utf8')).toBe(sample.text);
    },
  );

  it('leaves a comment with the entry that it stands below', async () => {
    const file = place({
      client: 'goose',
      what: '',
      text: 'extensions:\n  a:\n    x: 1\n    # of a\nb: 1\n',
    });
    await init('goose', { write: true });
    expect(readFileSync(file, 'utf8')).toContain('    # of a\n  opencx-sessions:\n');
  });

  it('says that a byte order mark was kept', async () => {
    const file = place({ client: 'cursor', what: '', text: '\uFEFF{}' });
    await init('cursor', { write: true });
    expect(home.output).toContain('begins with a byte order mark, which was kept');
    expect(readFileSync(file, 'utf8').startsWith('\uFEFF{')).toBe(true);
  });
});

describe('a file that cannot be edited safely', () => {
  it.each([
    ['codex', 'model = \n', /is not valid TOML \(.* at line 1, column \d+\)/],
    ['codex', 'mcp_servers = { a = { command = "a" } }\n', /cannot be edited without changing other entries/],
    ['codex', 'mcp_servers = 1\n', /has a "mcp_servers" that is not an object/],
    ['goose', 'a: [\n', /is not valid YAML \(.* at line \d+, column \d+\)/],
    ['goose', 'a: 1\na: 2\n', /is not valid YAML \(Map keys must be unique at line 2, column 1\)/],
    ['goose', 'base: &b\n  x: {}\nextensions: *b\n', /cannot be edited without changing other entries/],
    ['goose', 'base: &b\n  x: {}\nextensions: &e\n  y: {}\ncopy: *e\n', /cannot be edited without/],
    ['goose', '- a\n', /does not contain a YAML mapping/],
    ['goose', 'a: 1\n---\nb: 2\n', /contains several YAML documents/],
    ['goose', 'extensions: 1\n', /has a "extensions" that is not an object/],
    ['cline', '{ "mcpServers": {}, }', /is not valid JSON/],
  ])('is left as it is: %s with %j', async (client, text, problem) => {
    const file = place({ client, what: '', text });
    await expect(init(client, { write: true, sandbox: true })).rejects.toThrow(problem);
    await expect(init(client, { write: true, sandbox: true })).rejects.toThrow('Nothing was changed.');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('names parts of an entry that stand in several places', async () => {
    const text =
      '[mcp_servers.opencx-sessions]\ncommand = "node"\n\n[tui]\n\n[mcp_servers.opencx-sessions.env]\nA = "1"\n';
    const file = place({ client: 'codex', what: '', text });
    await expect(init('codex', { remove: true })).rejects.toThrow(
      'has the parts of "opencx-sessions" in several places: edit it yourself',
    );
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
