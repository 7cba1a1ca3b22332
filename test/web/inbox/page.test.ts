import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { openSandbox } from '../../../src/sandbox/index.ts';
import { clientOf as inProcess } from '../../support/sandbox/in-process.ts';
import { browserForAll, describeInBrowser, newPage, slow } from '../../support/web/browser.ts';
import { type RunningInbox, sharedInbox, startInbox } from '../../support/web/inbox.ts';

const tiny =
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGNgYPiPB41oaSAAAC7iY51WZ5Q8AAAAAElFTkSuQmCC';

function clientOf(sandbox: Sandbox) {
  const client = inProcess(sandbox);
  onTestFinished(() => client.close());
  return client;
}

const rowNames = (page: Page) => page.locator('a.row .name').allTextContents();

describeInBrowser('the inbox page', slow, () => {
  const browser = browserForAll();
  const shared = sharedInbox(browser);

  async function open(inbox: RunningInbox) {
    const watched = await newPage(browser(), inbox.origin);
    await watched.page.goto(inbox.newLink());
    return watched;
  }

  it('lists who waits longest first, with identity, channel, last words and who answers', async () => {
    const now = Date.parse('2026-03-01T12:00:00Z');
    let at = now;
    const inbox = await startInbox({ now: () => new Date(at) });
    const client = clientOf(inbox.sandbox);
    const say = (id: string, sender: 'contact' | 'agent', text: string) =>
      client.sendMessage(id, { sender, message: { type: 'text', text } });
    const create = async (name: string, verified: boolean, minutesAgo: number) => {
      at = now - minutesAgo * 60_000;
      const contact = { name, email: `${name.toLowerCase()}@example.com` };
      const { id } = await client.createSession({ channel: { type: 'email' }, verified, contact });
      await say(id, 'contact', `I am ${name}.`);
      return id;
    };
    await create('Ada', true, 5);
    await create('Ben', false, 90);
    const answered = await create('Cleo', true, 200);
    await client.sendMessage(answered, {
      sender: 'agent',
      message: { type: 'text', text: 'Done.' },
      should_take_over_session_from_ai: true,
    });
    at = now;
    const { page } = await open(inbox);
    await page.getByRole('heading', { name: 'Others 1' }).waitFor();
    expect(await rowNames(page)).toEqual(['Ben', 'Ada', 'Cleo']);
    const rows = page.locator('a.row');
    expect(await rows.nth(0).innerText()).toMatch(
      /Ben\s+claimed\s+\d+ \w+\s+Customer:\s+I am Ben\.\s+#\d+\s+Email\s+AI/,
    );
    expect(await rows.nth(1).innerText()).toMatch(/Ada\s+verified/);
    expect(await rows.nth(2).innerText()).toMatch(/Cleo\s+verified[\s\S]*Agent:\s+Done\.[\s\S]*Human/);
    expect(await page.title()).toBe('(2) Inbox');
  });

  it('narrows the list by search and filters, and says when nothing is left', async () => {
    const inbox = await startInbox({ seed: 20 });
    const { page } = await open(inbox);
    const rows = page.locator('a.row .row-facts');
    const only = async (fact: string) => {
      const others = rows.filter({ hasNot: page.getByText(fact, { exact: true }) });
      await others.first().waitFor({ state: 'detached' });
      await rows.first().waitFor();
    };
    await rows.first().waitFor();
    const count = await rows.count();
    await page.getByLabel('Channel').selectOption('whatsapp');
    await only('WhatsApp');
    await page.getByLabel('Channel').selectOption('');
    await expect.poll(() => rows.count()).toBe(count);
    await page.getByLabel('Handled by').selectOption('ai');
    await only('AI');
    expect(await rows.count()).toBeLessThan(count);
    await page.getByLabel('Status').selectOption('closed_unresolved');
    await page.getByLabel('Channel').selectOption('sms');
    await page.getByText('No session matches these filters.').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.locator('a.row').first().waitFor();

    await page.getByRole('searchbox').fill('refund');
    await expect.poll(() => rowNames(page)).not.toHaveLength(0);
    await page.getByRole('searchbox').fill('zzzzqq');
    await page.getByText('Nothing found.').waitFor();
  });

  it('shows a conversation as a record: mail as text, events, long and right-to-left texts, emoji', async () => {
    const client = clientOf(shared.inbox.sandbox);
    const name = 'نور 👩🏽‍🚀';
    const { id } = await client.createSession({ channel: { type: 'email' }, contact: { name } });
    const say = (text: string) =>
      client.sendMessage(id, { sender: 'contact', message: { type: 'text', text } });
    await say('<p>Hello,</p><p>see <b>below</b><img src="https://evil.example/x.png"></p>');
    await say('أين طلبي؟ 🎉');
    await say(`${'long '.repeat(3000)}end`);
    await client.sendMessage(id, {
      sender: 'agent',
      message: { type: 'text', text: 'I take over.' },
      agent: { name: 'Sam' },
      should_take_over_session_from_ai: true,
    });
    const { page, foreignRequests, reports } = await shared.show(id, name);
    await page.getByText('Agent took session from ai').waitFor();
    const words = await page.locator('.entry .words').allInnerTexts();
    expect(words.some((text) => /Hello,\n\nsee below/.test(text))).toBe(true);
    expect(words).toContain('أين طلبي؟ 🎉');
    const arabic = page.locator('.words', { hasText: 'أين طلبي' });
    expect(await arabic.getAttribute('dir')).toBe('auto');
    expect(words.some((text) => text.endsWith('long end'))).toBe(true);
    // Nothing is wider than the page.
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(foreignRequests).toEqual([]);
    expect(reports).toEqual([]);
  });

  it('loads earlier messages of a long conversation, each once', async () => {
    const { visitor } = shared.inbox.sandbox;
    const id = await visitor.open({ name: 'Long', text: 'message 1' });
    for (let n = 2; n <= 130; n += 1) await visitor.write(id, `message ${n}`);
    const { page } = await shared.show(id, 'Long');
    await page.locator('.entry', { hasText: 'message 130' }).waitFor();
    expect(await page.locator('.entry').count()).toBe(100);
    await page.getByRole('button', { name: 'Load earlier messages' }).click();
    await expect.poll(() => page.locator('.entry').count()).toBe(130);
    await visitor.write(id, 'message 131');
    await expect
      .poll(() => page.locator('.entry .words').allInnerTexts())
      .toEqual(Array.from({ length: 131 }, (_, n) => `message ${n + 1}`));
  });

  it('opens pictures and texts in the page, and keeps other files for saving', async () => {
    const client = clientOf(shared.inbox.sandbox);
    const { id } = await client.createSession({ contact: { name: 'Files' } });
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    await client.sendMessage(id, {
      sender: 'contact',
      message: {
        type: 'text',
        text: 'Three files.',
        attachments: [
          { name: 'shot.png', base64: tiny, mime_type: 'image/png' },
          { name: 'page.html', base64: base64('<script>alert(1)</script>'), mime_type: 'text/html' },
          { name: '../../evil.exe', base64: base64('MZ\0\0'), mime_type: 'application/octet-stream' },
        ],
      },
    });
    const { page, foreignRequests, reports } = await shared.show(id, 'Files');
    await page.getByRole('button', { name: 'shot.png' }).click();
    const picture = page.getByRole('img', { name: 'shot.png' });
    await expect
      .poll(() => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth))
      .toBe(10);
    await page.getByRole('button', { name: 'page.html' }).click();
    await page.getByText('<script>alert(1)</script>').waitFor();
    await page.getByRole('button', { name: 'evil.exe' }).click();
    expect(await page.getByRole('link', { name: 'Save it' }).getAttribute('download')).toBe('_.._evil.exe');
    expect(foreignRequests).toEqual([]);
    expect(reports).toEqual([]);
  });

  it('lets a visitor write as the customer and see the AI answer', async () => {
    const inbox = await startInbox({ automation: { delayMs: 0, silenceMs: 0 } });
    const { page } = await open(inbox);
    await page.getByText('No open sessions.').waitFor();
    await page.getByRole('button', { name: 'New conversation' }).click();
    await page.getByLabel('Name, as the customer claims it').fill('Robin');
    await page.getByLabel('First message').fill('How long is delivery?');
    await page.getByRole('button', { name: 'Open conversation' }).click();
    await page.getByRole('heading', { name: 'Robin' }).waitFor();
    await page.locator('.from-ai .words').first().waitFor();
    await page.getByLabel('Write as the customer').fill('And to the islands?');
    await page.getByLabel('Write as the customer').press('Control+Enter');
    await page.locator('.from-contact .words', { hasText: 'And to the islands?' }).waitFor();
    expect(await page.locator('a.row').count()).toBe(1);
    // Pressed twice, it is written once.
    await page.getByLabel('Write as the customer').fill('One more thing');
    await page.getByRole('button', { name: 'Send', exact: true }).dblclick();
    await expect.poll(() => page.getByLabel('Write as the customer').inputValue()).toBe('');
    const [session] = await inbox.sandbox.sessions();
    const history = await inbox.sandbox.history(session?.id ?? '');
    expect(history.filter(({ event }) => event.content?.text === 'One more thing')).toHaveLength(1);
  });

  it('shows what another process writes without a reload, and asks for changes only while it is open', async () => {
    const database = join(mkdtempSync(join(tmpdir(), 'inbox-test-')), 'sandbox.db');
    const inbox = await startInbox({ database });
    const other = await openSandbox({ database, rateLimit: 0, seed: false });
    onTestFinished(() => other.close());
    const id = await other.visitor.open({ name: 'Ada', text: 'Hello' });
    expect(inbox.app.isWatching).toBe(false);
    const { page } = await open(inbox);
    await page.locator('a.row').click();
    await page.locator('.words', { hasText: 'Hello' }).waitFor();
    expect(inbox.app.isWatching).toBe(true);
    await other.visitor.write(id, 'Are you there?');
    await page.locator('.entry .words', { hasText: 'Are you there?' }).waitFor();
    await page.locator('.row-words', { hasText: 'Are you there?' }).waitFor();
    await other.visitor.open({ name: 'Ben', text: 'Me too' });
    await page.locator('a.row', { hasText: 'Ben' }).waitFor();
    await page.close();
    await expect.poll(() => inbox.app.isWatching).toBe(false);
  });

  it('goes on after a restart, with the same key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'inbox-test-'));
    const database = join(folder, 'sandbox.db');
    const first = await startInbox({ database, stateFolder: folder });
    const id = await first.sandbox.visitor.open({ name: 'Ada', text: 'Hello' });
    const { page } = await open(first);
    await page.locator('a.row').click();
    await first.stop();
    await page.getByText('Connection lost. Trying again.').first().waitFor();
    const second = await startInbox({
      database,
      stateFolder: folder,
      port: Number(new URL(first.origin).port),
    });
    await second.sandbox.visitor.write(id, 'Still there?');
    await page.locator('.entry .words', { hasText: 'Still there?' }).waitFor();
    expect(await page.getByText('Connection lost. Trying again.').count()).toBe(0);
  });

  it('says what failed, and tries again', async () => {
    const inbox = await startInbox({ isLive: true });
    await inbox.sandbox.visitor.open({ name: 'Ada', text: 'Hello' });
    inbox.sandbox.faults.add({ kind: 'fail', status: 500, count: 100 });
    const { page } = await open(inbox);
    await page.getByText('The API failed to answer.').waitFor();
    inbox.sandbox.faults.clear();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('a.row', { hasText: 'Ada' }).waitFor();
    // No sandbox, no visitor.
    await page.locator('a.row').click();
    await page.locator('.words', { hasText: 'Hello' }).waitFor();
    expect(await page.getByLabel('Write as the customer').count()).toBe(0);
  });

  it('keeps code and key out of every address and log, and refuses a used code', async () => {
    const inbox = await startInbox({ seed: 5 });
    const link = inbox.newLink();
    const { page, context, addresses } = await newPage(browser(), inbox.origin);
    await page.goto(link);
    await page.locator('a.row').first().click();
    await page.locator('.entry').first().waitFor();
    const code = link.split('code=')[1] ?? '-';
    const key = await page.evaluate<string>("sessionStorage.getItem('opencx-inbox-key') ?? '-'");
    expect(key).toMatch(/^\d+\./);
    // The first address is the link itself, which no server gets to see.
    const later = addresses.filter((address) => address !== link);
    expect(later.filter((address) => address.includes(code) || address.includes(key))).toEqual([]);
    expect(page.url()).not.toContain('code');
    expect(inbox.log.filter((line) => line.includes(code) || line.includes(key))).toEqual([]);

    const other = await context.newPage();
    await other.goto(link);
    await other.getByText('This link was used already').waitFor();
    // A new one, pasted into that tab, changes only what follows the #.
    await other.evaluate(`location.hash = '${new URL(inbox.newLink()).hash}'`);
    await other.locator('a.row').first().waitFor();
    // The same tab keeps its key.
    await page.reload();
    await page.locator('.entry').first().waitFor();
    // And it can let another one in.
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      page.getByRole('button', { name: 'New window' }).click(),
    ]);
    await opened.locator('a.row').first().waitFor();
  });
});
