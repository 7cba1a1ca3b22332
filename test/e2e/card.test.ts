import { describe, expect, it } from 'vitest';
import { toolNames } from '../support/every-tool/covers-every-tool.ts';
import { connectHere } from '../support/program/connect-here.ts';
import { connect } from '../support/program/program.ts';
import { showsCard } from '../support/shows-card.ts';

const args = ['--sandbox', ':memory:'];

describe('the program', () => {
  it('gives a client that shows apps the card and its data', async () => {
    const { client, call, close } = await connect({
      args: [...args, '--read-only', '--redact=all'],
      extensions: showsCard,
    });
    const { tools } = await client.listTools();
    const uri = tools.find(({ name }) => name === 'show_session')?._meta?.['ui/resourceUri'];
    const { contents } = await client.readResource({ uri: String(uri) });
    expect(contents).toEqual([
      expect.objectContaining({
        uri,
        mimeType: 'text/html;profile=mcp-app',
        text: expect.stringMatching(/^<!doctype html>/),
      }),
    ]);
    const { view } = await call('list_sessions', { status: 'open', limit: 1 });
    const session_id = view.sessions[0].id;
    const shown = await call('show_session', { session_id });
    expect(shown.view).toMatchObject({
      id: session_id,
      contact: expect.anything(),
      messages: expect.anything(),
      // The client compares the answer with the schema of the tool.
      redacted: expect.anything(),
    });
    expect(shown.text).toContain(`Session ${session_id}`);
    expect((await call('view_session', { session_id })).view).toEqual(shown.view);
    await close();
  });

  it('lists for other clients, byte for byte, what it lists without a card', async () => {
    const lists = async (extra: string[]) => {
      const { client } = await connectHere({ args: [...args, ...extra] });
      return JSON.stringify([
        client.getServerCapabilities(),
        client.getInstructions(),
        await client.listTools(),
        await client.listPrompts(),
        await client.listResourceTemplates(),
      ]);
    };
    const listed = await lists([]);
    expect(listed).toBe(await lists(['--exclude-tools', 'show_session']));
    expect(listed).not.toContain('show_session');
    for (const name of toolNames) expect(listed).toContain(`"${name}"`);
  });
});
