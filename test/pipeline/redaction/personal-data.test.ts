import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import type { CallDependencies } from '../../../src/pipeline/call.ts';
import { openSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { memoryHistories } from '../../../src/state/memory/histories.ts';
import { type PersonalDataKind, personalDataKinds } from '../../../src/text/personal-data/kinds.ts';
import { plainDoor } from '../../support/doors/plain-door.ts';
import { contextOf } from '../../support/fakes/fakes.ts';
import { clientOf } from '../../support/sandbox/in-process.ts';

let sandbox: Sandbox;
let client: SessionsClient;
let session_id: string;
beforeAll(async () => {
  sandbox = await openSandbox({ database: ':memory:', rateLimit: 0 });
  client = clientOf(sandbox);
  session_id = await create();
  for (let n = 0; n < 30; n += 1) await write('contact', `It is ada again, number ${n}: ada@quist.example`);
  await write('agent', 'Thank you, Ms Quist.');
});
afterAll(async () => {
  await client.close();
  await sandbox.close();
});

async function create(): Promise<string> {
  const contact = { name: 'Ada Quist', email: 'ada@quist.example', phone_number: '+4930555123' };
  return (await client.createSession({ channel: { type: 'web' }, contact, verified: true })).id;
}

async function write(sender: 'contact' | 'agent', text: string) {
  const attachments = [
    {
      name: 'Ada Quist.txt',
      mime_type: 'text/plain',
      base64: btoa(`from ada@quist.example\n${'x'.repeat(30)}`),
    },
  ];
  const message = { type: 'text' as const, text, ...(text.includes('number 7') && { attachments }) };
  await client.sendMessage(session_id, { sender, message });
}

const key = new Uint8Array(32).fill(1);

function doorOf(kinds: readonly PersonalDataKind[] = personalDataKinds, questions: string[] = []) {
  const histories = memoryHistories();
  const dependencies: CallDependencies = {
    client,
    sendLog: contextOf({}).sendLog,
    allowVerified: false,
    confirmSends: true,
    redaction: { kinds, key },
    logger: { info: () => {}, error: () => {} },
  };
  const ask = (question: string) => {
    questions.push(question);
    return 'accept' as const;
  };
  const door = plainDoor(dependencies, { ask, histories });
  return async (tool: string, args: object) => {
    const outcome = await door(tool, args);
    // biome-ignore lint/suspicious/noExplicitAny: tests read the view freely
    const view = outcome.kind === 'answer' ? (outcome.view as any) : undefined;
    return { ...outcome, view };
  };
}

it('gives a person the same stand-in in every tool', async () => {
  const call = doorOf();
  const { view: session } = await call('get_session', { session_id });
  const { name, email } = session.contact.verified;
  expect([name, email]).toEqual([expect.stringMatching(/^\[name/), expect.stringMatching(/^\[email/)]);
  const listed = await call('list_sessions', { contact: 'ada@quist.example' });
  expect(listed.view.sessions[0].contact).toMatchObject({ name, email });
  expect(listed.text).toContain(`"${name}" "${email}"`);
  const history = await call('get_session_history', { session_id, limit: 3 });
  expect(history.view.messages.at(-1).text).toBe(`Thank you, Ms ${name}.`);
  expect(history.view.messages.at(-2).text).toBe(`It is ${name} again, number 29: ${email}`);
  const found = await call('search_sessions', { query: 'ada@quist.example' });
  expect(found.view.contacts[0]).toMatchObject({ name, email });
  expect(JSON.stringify([listed.view, history.view, found.view])).not.toMatch(/quist/i);
});

it('says how much it replaced, in both renderings', async () => {
  const { view, text } = await doorOf()('get_session_history', { session_id, limit: 2 });
  expect(view.redacted).toEqual({ email: 1, name: 3 });
  expect(text).toMatch(/^Redacted: email 1, name 3\. Other personal data may be left\.\n/);
});

it('continues a list and a transcript with the cursors that it gives', async () => {
  const call = doorOf();
  const first = await call('list_sessions', { limit: 5 });
  const second = await call('list_sessions', { cursor: first.view.next_cursor });
  expect(second.view.shown).toBeGreaterThan(0);
  const newest = await call('get_session_history', { session_id, limit: 3 });
  const older = await call('get_session_history', { session_id, limit: 3, before: newest.view.before });
  expect(older.view.messages.at(-1).text).toContain('number 27');
  // From memory this time, which knows no more people than the API told.
  const again = await call('get_session_history', { session_id, limit: 3, before: newest.view.before });
  expect(again.text).not.toMatch(/quist|\bada\b/i);
});

it('replaces only the kinds that were asked for', async () => {
  const { view } = await doorOf(['email'])('get_session', { session_id });
  expect(view.contact).toMatchObject({ verified: { name: 'Ada Quist' }, phone_number: '+4930555123' });
  expect(view.contact.verified.email).toMatch(/^\[email/);
  expect(view.redacted).toEqual({ email: 1 });
});

it('opens a file by the name and the address that it showed', async () => {
  const call = doorOf();
  const { view } = await call('get_session_history', { session_id, limit: 40 });
  const [file] = view.messages.flatMap(({ attachments = [] }) => attachments);
  expect(file.name).toMatch(/^\[name \w{6}\]\.txt$/);
  for (const attachment of [file.name, file.url]) {
    const opened = await call('get_attachment', { session_id, attachment });
    expect(opened.view.content).not.toBe('not found');
  }
});

it('asks before a send without the data of the contact, but with all that is sent', async () => {
  const questions: string[] = [];
  const call = doorOf(personalDataKinds, questions);
  const session_id = await create();
  await call('get_session', { session_id, history_limit: 5 });
  const text = 'Please write to help@example.com';
  const sent = await call('send_message', { session_id, sender: 'agent', text });
  expect(sent.view).toMatchObject({ outcome: 'sent' });
  expect(questions[0]).toMatch(/Customer: verified "\[name \w{6}\]" "\[email \w{6}\]"/);
  expect(questions[0]).toContain(text);
  expect(questions[0]).not.toMatch(/quist/i);
});

it('refuses to send a stand-in, or to search for one', async () => {
  const call = doorOf();
  const refused = await call('send_message', { session_id, sender: 'agent', text: 'Dear [name abcdef],' });
  expect(refused).toMatchObject({ kind: 'failure', isInput: true });
  expect(refused.text).toContain('`text` has a stand-in for redacted data');
  const search = await call('list_sessions', { contact: '[email abcdef]' });
  expect(search.text).toContain('`contact` has a stand-in');
});
