import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { assistantOf } from '../../support/web/assistant.ts';
import { browserForAll, describeInBrowser, newPage, slow } from '../../support/web/browser.ts';
import { startInbox } from '../../support/web/inbox.ts';

describeInBrowser('a draft in the inbox page', slow, () => {
  const browser = browserForAll();

  async function desk(name = 'Ada') {
    const inbox = await startInbox();
    const id = await inbox.sandbox.visitor.open({ name, text: 'Where is my parcel?' });
    const assistant = assistantOf(inbox);
    const open = async () => {
      const { page } = await newPage(browser(), inbox.origin);
      await page.goto(inbox.newLink());
      await page.locator('a.row', { hasText: name }).last().click();
      await page.getByRole('heading', { name, exact: true }).waitFor();
      return page;
    };
    const agentMessages = async () =>
      (await inbox.sandbox.history(id)).filter(
        ({ event }) => event.sender?.type === 'agent' && event.type === 'message',
      );
    return { inbox, id, assistant, open, agentMessages };
  }
  const approve = (page: Page) => page.getByRole('button', { name: /^Approve/ });

  it('appears by itself with its text, recipient, identity and what it answers, and is sent once when approved', async () => {
    const { id, assistant, open, agentMessages } = await desk();
    const page = await open();
    expect(await assistant.answer(id, 'It ships today.')).toMatchObject({ outcome: 'waiting_for_approval' });
    const draft = page.getByRole('article', { name: 'Draft 1, waiting for you' });
    await draft.waitFor();
    const shown = await draft.innerText();
    for (const part of [
      'It ships today.',
      'Where is my parcel?',
      'Sent as: an agent',
      'Customer: claimed "Ada"',
      'Channel: web',
    ])
      expect(shown).toContain(part);
    await page.getByRole('heading', { name: 'Waiting for your approval 1' }).waitFor();
    expect(await agentMessages()).toEqual([]);
    await approve(page).dblclick();
    await page.getByText('Draft 1: sent by sam').waitFor();
    await page.locator('.from-agent .words', { hasText: 'It ships today.' }).waitFor();
    expect(await agentMessages()).toHaveLength(1);
    expect(await assistant.tells(id)).toMatch(/approved by "?sam/);
  });

  it('is shown again, and asked about again, when the customer wrote since', async () => {
    const { inbox, id, assistant, open, agentMessages } = await desk();
    await assistant.answer(id, 'It ships today.');
    const page = await open();
    await expect.poll(() => approve(page).isEnabled()).toBe(true);
    await inbox.sandbox.visitor.write(id, 'Never mind, cancel it.');
    await approve(page).click();
    const warning = page.getByRole('alert').filter({ hasText: 'Not sent.' });
    await warning.getByText('Never mind, cancel it.').waitFor();
    expect(await agentMessages()).toEqual([]);
    await page.getByRole('button', { name: 'Approve all the same' }).click();
    await page.getByText('Draft 1: sent by sam').waitFor();
    expect(await agentMessages()).toHaveLength(1);
  });

  it('is sent as edited, or rejected with a reason that its writer reads', async () => {
    const { id, assistant, open, agentMessages } = await desk();
    await assistant.answer(id, 'It ships today.');
    const page = await open();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Text to send').fill('It ships tomorrow.');
    await page.getByRole('button', { name: 'Approve, edited' }).click();
    await page.getByText('Draft 1: sent, edited by sam').waitFor();
    expect((await agentMessages()).map(({ event }) => event.content?.text)).toEqual(['It ships tomorrow.']);
    expect(await assistant.tells(id)).toContain('It ships tomorrow.');

    await assistant.answer(id, 'Go away.');
    await page.getByRole('button', { name: 'Reject', exact: true }).click();
    await page.getByLabel('Why not?').fill('Too blunt.');
    await page.getByRole('button', { name: 'Reject draft' }).click();
    await page.getByText('Draft 2: rejected by sam').waitFor();
    expect(await agentMessages()).toHaveLength(1);
    expect(await assistant.tells(id)).toContain('Too blunt.');
  });

  it('is sent once when two windows approve it', async () => {
    const { id, assistant, open, agentMessages } = await desk();
    await assistant.answer(id, 'It ships today.');
    const pages = await Promise.all([open(), open()]);
    await Promise.all(pages.map((page) => expect.poll(() => approve(page).isEnabled()).toBe(true)));
    await Promise.all(pages.map((page) => approve(page).click()));
    for (const page of pages) await page.getByText('Draft 1: sent by sam').waitFor();
    expect(await agentMessages()).toHaveLength(1);
  });

  it('is text, whatever it says, and a draft that is not there is refused', async () => {
    const { inbox, id, assistant } = await desk();
    await assistant.answer(id, '<img src=x onerror=alert(1)> <b>bold</b>');
    const { page, reports, foreignRequests } = await newPage(browser(), inbox.origin);
    await page.goto(inbox.newLink());
    await page.locator('a.approval').click();
    await page.locator('.draft-text', { hasText: '<img src=x onerror=alert(1)> <b>bold</b>' }).waitFor();
    expect({ reports, foreignRequests }).toEqual({ reports: [], foreignRequests: [] });
    const answers = await page.evaluate<number[]>(`Promise.all(
      ['/drafts/2', '/drafts/0', '/drafts/x', '/drafts/../desk/x'].map(async (path) => (await fetch('/inbox/api' + path, {
        headers: { authorization: 'Bearer ' + sessionStorage.getItem('opencx-inbox-key') },
      })).status))`);
    expect(answers).toEqual([404, 404, 404, 404]);
  });
});
