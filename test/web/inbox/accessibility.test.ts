import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { clientOf } from '../../support/sandbox/in-process.ts';
import { assistantOf } from '../../support/web/assistant.ts';
import { findings } from '../../support/web/axe.ts';
import { browserForAll, describeInBrowser, newPage, slow } from '../../support/web/browser.ts';
import { sharedInbox, startInbox } from '../../support/web/inbox.ts';

/** So high that nothing is half out of sight: axe cannot judge that. */
const desktop = { width: 1280, height: 1600 };
const narrow = { width: 320, height: 640 };

describeInBrowser('people who use the inbox page without a mouse, or without seeing it', slow, () => {
  const browser = browserForAll();
  const shared = sharedInbox(browser);

  /**
   * Checks the page as it is now, or the part of it that is new: in both themes, at the usual width and at 320 pixels.
   * Where another state shows the same elements in all four ways, two are enough.
   */
  async function check(
    page: Page,
    state: string,
    {
      ways = 'two',
      everyRule = false,
      within,
    }: { ways?: 'four' | 'two'; everyRule?: boolean; within?: string } = {},
  ) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of [desktop, narrow]) {
        if (ways === 'two' && (colorScheme === 'light') !== (viewport === desktop)) continue;
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(viewport);
        const sameSize = ways === 'four' ? 'colours' : 'colours and sizes';
        const only = colorScheme === 'light' || everyRule ? undefined : sameSize;
        expect(
          await findings(page, { only, within }),
          `${state}, ${colorScheme}, ${viewport.width} px`,
        ).toEqual([]);
        const fits = await page.evaluate('document.documentElement.scrollWidth <= innerWidth');
        expect(fits, `${state}, ${viewport.width} px`).toBe(true);
      }
    }
    await page.setViewportSize(desktop);
  }

  it('find no barrier in any state of it', async () => {
    const inbox = await startInbox({ seed: 12 });
    const client = clientOf(inbox.sandbox);
    onTestFinished(() => client.close());
    const { id } = await client.createSession({
      contact: { name: 'x'.repeat(150), custom_data: { plan: 'pro' } },
      custom_data: { order: 'ord_1' },
    });
    await client.sendMessage(id, {
      sender: 'contact',
      message: {
        type: 'text',
        text: `${'Donaudampfschifffahrt'.repeat(20)} مرحبا 👩🏽‍🚀`,
        attachments: [
          { name: 'notes.txt', base64: Buffer.from('a note').toString('base64'), mime_type: 'text/plain' },
        ],
      },
    });
    await client.updateSession(id, { status: 'closed_resolved' });
    await client.updateSession(id, { status: 'open' });
    const { page } = await newPage(browser(), inbox.origin, { reducedMotion: 'reduce' });
    await page.goto(`${inbox.origin}/inbox`);
    await page.getByText('This page has to be opened with a link that works once.').waitFor();
    await check(page, 'locked');
    // Otherwise the link only changes the fragment.
    await page.goto('about:blank');
    await page.goto(inbox.newLink());
    await page.locator('a.row').first().waitFor();
    await check(page, 'list', { everyRule: true });
    await page.evaluate(`location.hash = 's=${id}'`);
    await page.getByRole('button', { name: 'notes.txt' }).click();
    await page.getByText('a note', { exact: true }).waitFor();
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    await check(page, 'conversation');
    await assistantOf(inbox).answer(id, 'It ships today.');
    await page.getByRole('article', { name: 'Draft 1, waiting for you' }).waitFor();
    await expect
      .poll(() => page.getByRole('button', { name: 'Approve', exact: true }).isEnabled())
      .toBe(true);
    await inbox.sandbox.visitor.write(id, 'Never mind.');
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByText('Not sent.').waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    await check(page, 'draft', { ways: 'four' });
    await page.getByRole('button', { name: 'New conversation' }).click();
    await check(page, 'new conversation', { within: 'dialog' });
    await page.keyboard.press('Escape');
    await page.evaluate("location.hash = 's=unknown'");
    await page.getByText('This session does not exist.').waitFor();
    await page.getByLabel('Channel').selectOption('sms');
    await page.getByLabel('Status').selectOption('closed_unresolved');
    await page.getByText('No session matches these filters.').waitFor();
    await check(page, 'nothing found');
    await inbox.stop();
    await page.getByText('Connection lost. Trying again.').first().waitFor();
    await check(page, 'offline');
  });

  it('reach everything with the keyboard alone', async () => {
    const { visitor } = shared.inbox.sandbox;
    const id = await visitor.open({ name: 'Ada', text: 'Hello' });
    await visitor.open({ name: 'Ben', text: 'Hi' });
    const { page } = await shared.show(id, 'Ada');
    await page.locator('a.row', { hasText: 'Ben' }).waitFor();
    await page.evaluate("location.hash = ''");
    const { keyboard } = page;
    const focused = () =>
      page.evaluate<string>(
        "document.activeElement.id || document.activeElement.getAttribute('aria-label') || document.activeElement.innerText.split('\\n')[0]",
      );
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 25; presses += 1) {
        await keyboard.press('Tab');
        if ((await focused()) === name) return;
      }
      throw new Error(`Tab never reaches ${name}.`);
    };
    await tabTo('search');
    await tabTo('Ada');
    await keyboard.press('ArrowDown');
    expect(await focused()).toBe('Ben');
    await keyboard.press('ArrowUp');
    await keyboard.press('Enter');
    await expect.poll(focused).toBe('conversation-title');
    await tabTo('About this session');
    await keyboard.press('Enter');
    await page.getByText('Claimed by the customer').waitFor();
    await tabTo('Messages');
    await tabTo('customer-text');
    await keyboard.type('Written without a mouse');
    await keyboard.press('Control+Enter');
    await page.locator('.entry .words', { hasText: 'Written without a mouse' }).waitFor();
    await page
      .getByRole('status')
      .filter({ hasText: 'New from Customer: Written without a mouse' })
      .waitFor();

    // On a narrow page, back leads to where one came from.
    await page.setViewportSize(narrow);
    await page.evaluate("document.getElementById('conversation-title').focus()");
    await keyboard.press('Shift+Tab');
    expect(await focused()).toBe('Back to the list');
    await keyboard.press('Enter');
    await expect.poll(focused).toBe('Ada');

    await page.setViewportSize(desktop);
    await tabTo('New conversation');
    await keyboard.press('Enter');
    await tabTo('opening-text');
    await keyboard.type('A third one');
    await tabTo('Open conversation');
    await keyboard.press('Enter');
    await page.locator('.entry .words', { hasText: 'A third one' }).waitFor();
    await expect.poll(focused).toBe('conversation-title');
  });

  it('see what is chosen and what waits with forced colours', async () => {
    const { sandbox } = shared.inbox;
    const id = await sandbox.visitor.open({ name: 'Cleo', text: 'Hello' });
    const { page } = await shared.show(id, 'Cleo');
    await page.emulateMedia({ forcedColors: 'active' });
    onTestFinished(() => page.emulateMedia({ forcedColors: null }));
    await page.locator('a.row[aria-current]', { hasText: 'Cleo' }).waitFor();
    expect(
      await page.evaluate("getComputedStyle(document.querySelector('a.row[aria-current]')).outlineStyle"),
    ).toBe('solid');
    const { length } = await sandbox.sessions();
    await page.getByRole('heading', { name: `Waiting for an answer ${length}` }).waitFor();
  });
});
