import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import type { McpClient } from '../../../src/cli/init/clients/client.ts';
import { findClient } from '../../../src/cli/init/clients/find-client.ts';
import { makeEntry, usualKey } from '../../../src/cli/init/entry.ts';
import type { Json } from '../../../src/cli/init/formats/format.ts';
import {
  entriesOf,
  type MergeResult,
  mergeEntry,
  removeEntry,
  withoutKeys,
} from '../../../src/cli/init/merge.ts';
import { UnusableFileError } from '../../../src/cli/init/unusable-file.ts';

const npx = { kind: 'npx', distribution: { published: true, version: '1.2.3' } } as const;
const clientOf = (id: string) => findClient(id) as McpClient;
const entryFor = (id: string) => {
  const client = clientOf(id);
  return makeEntry(client, 'linux', npx, [], usualKey(client));
};
const mergeFor = (id: string, text: string, replace = false, entry: Json = entryFor(id)) => {
  const addition = { name: 'opencx-sessions', entry, key: usualKey(clientOf(id)) };
  return mergeEntry(text, clientOf(id), addition, replace);
};
const textOf = async (merging: Promise<MergeResult>) => {
  const merged = await merging;
  if (merged.outcome !== 'merged') throw new Error(`the outcome is ${merged.outcome}`);
  return merged.text;
};

/** A handwritten file with comments, tabs and trailing commas. */
const zedSettings = `// Zed settings
{
	"theme": "One Dark", // not the light one
	/* my servers */
	"context_servers": {
		"other": { "command": "other", "args": [] }, // keep
	},
	"vim_mode": true,
}
`;

describe('merging an entry', () => {
  it('preserves every character, including comments and trailing commas', async () => {
    const text = await textOf(mergeFor('zed', zedSettings));
    const added = /\n\t\t"opencx-sessions": \{[\s\S]*?\n\t\t\},/.exec(text)?.[0] ?? '';
    expect(text.replace(added, '')).toBe(zedSettings);
    expect(parse(added.replace(/^|,$/g, '').replace(/,$/, '}').replace('\n', '{'))).toEqual({
      'opencx-sessions': entryFor('zed'),
    });
  });

  it.each([
    ['{"a":1}', '{"a":1,\n  "mcpServers": {'],
    ['{\n  "a": 1 // one\n}', '{\n  "a": 1, // one\n  "mcpServers": {'],
    ['{\n  "a": 1 /* x */ /* y **/ // z\n}', '{\n  "a": 1, /* x */ /* y **/ // z\n  "mcpServers": {'],
    ['{\n  "a": 1 /* x */, /* y */ // z\n}', '{\n  "a": 1 /* x */, /* y */ // z\n  "mcpServers": {'],
    ['{\n  // none yet\n}', '{\n  // none yet\n  "mcpServers": {'],
    ['{\n  "mcpServers": {}\n}', '{\n  "mcpServers": {\n    "opencx-sessions": {\n      "command": "npx"'],
    ['{ "mcpServers": { "a": {} } }', '{ "mcpServers": { "a": {},\n    "opencx-sessions": {'],
    ['{ "mcpServers": null, "a": 1 }', '{ "mcpServers": {\n    "opencx-sessions": {\n      "command": "npx"'],
  ])('appends to %j', async (text, beginning) => {
    expect((await textOf(mergeFor('cursor', text))).slice(0, beginning.length)).toBe(beginning);
  });

  it.each([
    ['', '{\n  "mcpServers"'],
    ['\uFEFF{}', '\uFEFF{\n  "mcpServers"'],
    ['{\r\n    "a": 1\r\n}\r\n', '{\r\n    "a": 1,\r\n    "mcpServers": {\r\n        "opencx-sessions"'],
  ])('keeps the style of %j', async (text, beginning) => {
    expect((await textOf(mergeFor('cursor', text))).startsWith(beginning)).toBe(true);
  });

  it.each([
    ['cursor', '{ "a": null, "mcpServers": null, "b": 1 }'],
    ['zed', '{\n  "context_servers": /* none */ null, // yet\n}\n'],
    ['goose', 'a: 1\nextensions:\nb: 1\n'],
    ['goose', 'a: 1\nextensions: ~\nb: 1\n'],
    ['goose', 'extensions: null # none yet\n'],
    ['codex', 'a = 1\n[mcp_servers]\n[b]\n'],
  ])('takes null for no servers in a file of %s: %j', async (id, text) => {
    const added = await textOf(mergeFor(id, text));
    const entries = await entriesOf(added, clientOf(id));
    expect(entries).toEqual({ 'opencx-sessions': entryFor(id) });
    expect(await removeEntry(added, clientOf(id), 'opencx-sessions', text)).toBe(text);
  });

  it('adds the prompt for the key to VS Code once, beside other prompts', async () => {
    const own = { type: 'promptString', id: 'mine', description: 'Mine' };
    const first = await textOf(
      mergeFor('vscode', JSON.stringify({ inputs: [own], servers: {} }, undefined, 2)),
    );
    expect(parse(first).inputs).toEqual([
      own,
      expect.objectContaining({ id: 'opencx-key', type: 'promptString', password: true }),
    ]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
    expect(parse(first).servers['opencx-sessions'].env).toEqual({ OPENCX_API_KEY: '${input:opencx-key}' });
    const other = { ...entryFor('vscode'), args: ['--read-only'] };
    expect(parse(await textOf(mergeFor('vscode', first, true, other))).inputs).toHaveLength(2);
  });

  it('changes an existing entry only to replace it', async () => {
    const once = await textOf(
      mergeFor('cursor', '{"mcpServers":{"opencx-sessions":{"command":"old"},"b":1}}', true),
    );
    expect(parse(once).mcpServers).toEqual({ 'opencx-sessions': entryFor('cursor'), b: 1 });
    expect(await mergeFor('cursor', once)).toEqual({ outcome: 'unchanged' });
    expect(await mergeFor('cursor', '{"mcpServers":{"opencx-sessions":{}}}')).toEqual({
      outcome: 'conflict',
    });
  });

  it.each([
    ['cursor', '{"mcpServers": {', /is not valid JSON \(a closing \} is missing at line 1, column 17\)/],
    ['cursor', '{\n  "a": 1\n  "b": 2\n}', /a comma is missing at line 3, column 3/],
    ['cursor', '// nothing', /is not valid JSON/],
    [
      'claude-desktop',
      '{} // no comments here',
      /a comment, which this client does not accept at line 1, column 4/,
    ],
    ['claude-code', '{"a": 1,}', /is not valid JSON/],
    ['claude-desktop', '\uFEFF{}', /byte order mark, which Claude Desktop cannot read/],
    ['cursor', '[]', /does not contain a JSON object/],
    ['cursor', '{"mcpServers": []}', /has a "mcpServers" that is not an object/],
    ['vscode', '{"inputs": {}}', /has a "inputs" that is not a list/],
    [
      'cursor',
      '{"mcpServers": {}, "mcpServers": {"a": {}}}',
      /cannot be edited without changing other entries/,
    ],
  ])('rejects a file of %s that it cannot edit safely: %j', async (id, text, message) => {
    await expect(mergeFor(id, text)).rejects.toThrow(UnusableFileError);
    await expect(mergeFor(id, text)).rejects.toThrow(message);
  });

  it('is undone by removing it, comments included', async () => {
    for (const [id, text] of [
      ['zed', zedSettings],
      ['cursor', '{\n  "a": 1, // one\n  "mcpServers": {\n    "b": {} // two\n  }\n}\n'],
      ['cursor', '{ "mcpServers": { "a": {} } }'],
      ['vscode', '{\n  "inputs": [\n    { "id": "mine" }\n  ],\n  "servers": {}\n}\n'],
    ] as const) {
      const added = await textOf(mergeFor(id, text));
      const removed = await removeEntry(added, clientOf(id), 'opencx-sessions');
      expect(parse(removed)).toEqual(parse(text));
      expect(removed.match(/\/\/.*|\/\*.*?\*\//g)).toEqual(text.match(/\/\/.*|\/\*.*?\*\//g));
      // What was on one line may now be on several, and a comma may stand after the last member.
      const bare = (one: string) => one.replace(/\s|,(?=\s*[}\]])/g, '');
      expect(bare(removed)).toBe(bare(text));
    }
  });

  it('keeps the prompt for the key while another entry uses it', async () => {
    const once = await textOf(mergeFor('vscode', '{}'));
    const key = usualKey(clientOf('vscode'));
    const twice = await textOf(
      mergeEntry(once, clientOf('vscode'), { name: 'second', entry: entryFor('vscode'), key }, false),
    );
    const one = await removeEntry(twice, clientOf('vscode'), 'second');
    expect(parse(one).inputs).toHaveLength(1);
    expect(parse(await removeEntry(one, clientOf('vscode'), 'opencx-sessions'))).toEqual({
      inputs: [],
      servers: {},
    });
  });

  it('leaves no key in the text for the backup', async () => {
    const secret = 'ocx_live_0123456789abcdef';
    const env = { OPENCX_API_KEY: secret, OTHER: 'x' };
    const text = `// mine\n{"mcpServers": {"a": {"env": ${JSON.stringify(env)}}, "b": {"env": {"OPENCX_API_KEY": "\${env:K}"}}}}`;
    const backup = await withoutKeys(text, clientOf('cursor'));
    expect(backup).toBe(text.replace(secret, '[removed]'));
  });

  it('preserves the content of any file', async () => {
    const files = fc.record(
      { mcpServers: fc.dictionary(fc.string(), fc.jsonValue()), rest: fc.jsonValue(), other: fc.jsonValue() },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(files, fc.constantFrom(0, 2, 4, '\t'), async (file, indent) => {
        // jsonc-parser cannot read this key, so such a file is rejected.
        fc.pre(!JSON.stringify(file).includes('__proto__'));
        const before = JSON.parse(JSON.stringify(file));
        const after = JSON.parse(await textOf(mergeFor('cursor', JSON.stringify(file, undefined, indent))));
        expect(after.mcpServers['opencx-sessions']).toEqual(entryFor('cursor'));
        delete after.mcpServers['opencx-sessions'];
        expect(after).toEqual({ ...before, mcpServers: before.mcpServers ?? {} });
      }),
      { numRuns: 30 },
    );
  });
});
