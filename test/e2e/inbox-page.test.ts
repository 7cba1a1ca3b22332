import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openSandbox } from '../../src/sandbox/index.ts';
import { connect, start } from '../support/program/program.ts';
import { browserForAll, describeInBrowser, newPage, slow } from '../support/web/browser.ts';

/** Starts the program and reads the first line that it prints. */
async function running(args: string[], env: Record<string, string>, wanted: RegExp): Promise<string> {
  const child = start({ args, env });
  onTestFinished(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  });
  let output = '';
  for await (const chunk of child.stdout) {
    output += chunk;
    const found = wanted.exec(output);
    if (found) return found[0];
  }
  throw new Error(`The program ended: ${output}`);
}

describeInBrowser('the inbox page of the program', slow, () => {
  const browser = browserForAll();

  it('carries a customer to an answer: written in the page, drafted by an assistant, approved by a person', async () => {
    const OPENCX_STATE_DIR = mkdtempSync(join(tmpdir(), 'inbox-page-'));
    const database = join(OPENCX_STATE_DIR, 'sandbox.db');
    const args = ['sandbox', '--json', '--port', '0', '--database', database, '--seed', '10'];
    const line = await running(args, { OPENCX_STATE_DIR }, /^\{.*\}$/m);
    const { url, key, inbox } = JSON.parse(line);
    const assistant = await connect({
      args: ['--confirm-sends=outbox'],
      env: { OPENCX_API_URL: url, OPENCX_API_KEY: key, OPENCX_STATE_DIR },
    });
    onTestFinished(() => assistant.close());
    const { page, reports, foreignRequests } = await newPage(browser(), url);
    await page.goto(inbox);

    // A visitor writes in the page, as the customer.
    await page.getByRole('button', { name: 'New conversation' }).click();
    await page.getByLabel('Name, as the customer claims it').fill('Robin');
    await page.getByLabel('First message').fill('My lamp arrived broken.');
    await page.getByRole('button', { name: 'Open conversation' }).click();
    await page.locator('.from-contact .words', { hasText: 'My lamp arrived broken.' }).waitFor();

    // An assistant finds it, and its answer waits.
    const found = await assistant.call('find_messages', { since: '1h', from: 'contact', contains: 'lamp' });
    const session_id = found.view.messages[0].session_id;
    const sent = await assistant.call('send_message', {
      session_id,
      sender: 'agent',
      text: 'A new lamp is on its way.',
    });
    expect(sent.view).toMatchObject({ outcome: 'waiting_for_approval', draft: { number: 1 } });
    const draft = page.getByRole('article', { name: 'Draft 1, waiting for you' });
    await draft.getByText('A new lamp is on its way.').waitFor();
    await expect
      .poll(() => page.getByRole('button', { name: 'Approve', exact: true }).isEnabled())
      .toBe(true);

    // The customer writes again: approving shows that, and asks again.
    await page.getByLabel('Write as the customer').fill('It is the blue one.');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('.from-contact .words', { hasText: 'It is the blue one.' }).waitFor();
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByRole('alert').getByText('It is the blue one.').waitFor();
    const read = () => assistant.call('get_session_history', { session_id });
    expect((await read()).text).not.toContain('A new lamp is on its way.\n');
    await draft.getByRole('button', { name: 'Edit' }).click();
    await draft.getByLabel('Text to send').fill('A new blue lamp is on its way.');
    await draft.getByRole('button', { name: 'Approve all the same, edited' }).dblclick();
    await page.locator('.from-agent .words', { hasText: 'A new blue lamp is on its way.' }).waitFor();

    // Once, and whoever wrote it is told.
    const answers = (await read()).view.messages.filter(({ from }: { from: string }) => from === 'agent');
    expect(answers.map(({ text }: { text: string }) => text)).toEqual(['A new blue lamp is on its way.']);
    const told = (await assistant.call('get_session', { session_id, history_limit: 5 })).text;
    expect(told).toMatch(
      /draft 1 [^\n]*: approved by [\s\S]*edited; the text that was sent is "A new blue lamp is on its way\."/,
    );
    expect({ reports, foreignRequests }).toEqual({ reports: [], foreignRequests: [] });
  });

  it('opens for the live API too, with an address that works once', async () => {
    const OPENCX_STATE_DIR = mkdtempSync(join(tmpdir(), 'inbox-page-'));
    const api = await openSandbox({ database: ':memory:', rateLimit: 0, seed: 3 });
    onTestFinished(() => api.close());
    const { url } = await api.listen({ port: 0 });
    const env = { OPENCX_STATE_DIR, OPENCX_API_URL: url, OPENCX_API_KEY: api.key };
    const link = await running(['inbox', '--port', '0', '--no-open'], env, /http:\S+/);
    const { page } = await newPage(browser(), new URL(link).origin);
    await page.goto(link);
    await page.locator('a.row').first().waitFor();
    expect(await page.getByText('Updates every 15 s').count()).toBe(1);
    expect(await page.getByRole('button', { name: 'New conversation' }).count()).toBe(0);
  });
});

it('there is no page where others can reach the port', async () => {
  const line = await running(
    ['sandbox', '--json', '--host', '0.0.0.0', '--port', '0', '--database', ':memory:'],
    {},
    /^\{.*\}$/m,
  );
  const { url, inbox } = JSON.parse(line);
  expect(inbox).toBeUndefined();
  expect((await fetch(`${url.replace('0.0.0.0', '127.0.0.1')}/inbox`)).status).toBe(404);
});
