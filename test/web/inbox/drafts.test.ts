import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { assistantOf } from '../../support/web/assistant.ts';
import { browserForAll, describeInBrowser, newPage, slow } from '../../support/web/browser.ts';
import { sharedInbox } from '../../support/web/inbox.ts';

describeInBrowser('a draft in the inbox page', slow, () => {
  const browser = browserForAll();
  const shared = sharedInbox(browser);

  /** A session of a customer with a name that no other test uses. */
  async function desk(name: string) {
    const { inbox } = shared;
    const id = await inbox.sandbox.visitor.open({ name, text: 'Where is my parcel?' });
    const assistant = assistantOf(inbox);
    const open = async () => (await shared.show(id, name)).page;
    const agentMessages = async () =>
      (await inbox.sandbox.history(id)).filter(
        ({ event }) => event.sender?.type === 'agent' && event.type === 'message',
      );
    return { inbox, id, assistant, open, agentMessages };
  }
  const waiting = async () =>
    (await shared.inbox.outbox.list()).filter(({ state }) => state === 'waiting').length;
  const approve = (page: Page) => page.getByRole('button', { name: /^Approve/ });
  const isInSight = async (page: Page, part: Locator) => {
    const [seen, box] = [await part.boundingBox(), await page.locator('.record').boundingBox()];
    return seen && box && seen.y >= box.y && seen.y + seen.height <= box.y + box.height;
  };
  const expectInSight = async (page: Page, ...parts: readonly Locator[]) => {
    for (const part of parts) await expect.poll(() => isInSight(page, part)).toBe(true);
  };

  it('appears by itself with its text, recipient, identity and what it answers, and is sent once when approved', async () => {
    const { id, assistant, open, agentMessages } = await desk('Ada');
    const page = await open();
    const {
      outcome,
      draft: { number },
    } = await assistant.answer(id, 'It ships today.');
    expect(outcome).toBe('waiting_for_approval');
    const draft = page.getByRole('article', { name: `Draft ${number}, waiting for you` });
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
    await page.getByRole('heading', { name: `Waiting for your approval ${await waiting()}` }).waitFor();
    expect(await agentMessages()).toEqual([]);
    await approve(page).dblclick();
    await page.getByText(`Draft ${number}: sent by sam`).waitFor();
    await page.locator('.from-agent .words', { hasText: 'It ships today.' }).waitFor();
    expect(await agentMessages()).toHaveLength(1);
    expect(await assistant.tells(id)).toMatch(/approved by "?sam/);
  });

  it('is shown again, and asked about again, when the customer wrote since', async () => {
    const { inbox, id, assistant, open, agentMessages } = await desk('Ben');
    const { draft } = await assistant.answer(id, 'It ships today.\n'.repeat(30));
    const page = await open();
    await expect.poll(() => approve(page).isEnabled()).toBe(true);
    await inbox.sandbox.visitor.write(
      id,
      `Never mind, cancel it. ${'I do not need it any more. '.repeat(30)}`,
    );
    await approve(page).click();
    const warning = page.getByRole('alert').filter({ hasText: 'Not sent.' });
    await warning.getByText('Never mind, cancel it.').waitFor();
    expect(await agentMessages()).toEqual([]);
    const again = page.getByRole('button', { name: 'Approve all the same' });
    await expectInSight(page, warning, again);
    // Under the second click of a double click on "Back".
    await expect.poll(() => again.isEnabled()).toBe(true);
    await page.getByRole('button', { name: 'Reject', exact: true }).click();
    await page.getByRole('button', { name: 'Back', exact: true }).dblclick({ position: { x: 20, y: 4 } });
    await expect.poll(() => again.isEnabled()).toBe(true);
    expect(await agentMessages()).toEqual([]);
    await again.click();
    await page.getByText(`Draft ${draft.number}: sent by sam`).waitFor();
    expect(await agentMessages()).toHaveLength(1);
  });

  it('is sent as edited, or rejected with a reason that its writer reads', async () => {
    const { id, assistant, open, agentMessages } = await desk('Cleo');
    const { draft } = await assistant.answer(id, 'It ships today.');
    const page = await open();
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const back = button('Back');
    const focused = page.locator(':focus');
    const press = async (name: string) => {
      await button(name).focus();
      await page.keyboard.press('Enter');
    };
    await press('Edit');
    const text = page.getByLabel('Text to send');
    await expectInSight(page, page.getByText('Text to send'), text, approve(page), back);
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('It ships tomorrow.');
    await press('Back');
    expect(await focused.innerText()).toBe('Edit');
    await page.keyboard.press('Enter');
    await expect.poll(() => approve(page).isEnabled()).toBe(true);
    await page.keyboard.press('Tab');
    expect(await focused.innerText()).toBe('Approve, edited');
    await page.keyboard.press('Enter');
    await page.getByText(`Draft ${draft.number}: sent, edited by sam`).waitFor();
    expect((await agentMessages()).map(({ event }) => event.content?.text)).toEqual(['It ships tomorrow.']);
    expect(await assistant.tells(id)).toContain('It ships tomorrow.');

    const { draft: other } = await assistant.answer(id, 'Go away.');
    await button('Reject').click();
    await page.keyboard.type('Too blunt.');
    const reason = page.getByLabel('Why not?');
    await expectInSight(page, page.getByText('Why not?'), reason, button('Reject draft'), back);
    await back.click();
    expect(await focused.innerText()).toBe('Reject');
    await expectInSight(page, focused);
    await page.keyboard.press('Enter');
    expect(await reason.inputValue()).toBe('Too blunt.');
    await page.route('**/drafts/*/*', (route) => route.abort());
    await button('Reject draft').click();
    await page.getByRole('alert').waitFor();
    await page.unrouteAll();
    await expectInSight(page, button('Reject draft'), back);
    await button('Reject draft').click();
    await page.getByText(`Draft ${other.number}: rejected by sam`).waitFor();
    expect(await agentMessages()).toHaveLength(1);
    expect(await assistant.tells(id)).toContain('Too blunt.');
  });

  it('is sent once when two windows approve it', async () => {
    const { inbox, id, assistant, open, agentMessages } = await desk('Dan');
    const { draft } = await assistant.answer(id, 'It ships today.');
    const { page: other } = await newPage(browser(), inbox.origin);
    await other.goto(inbox.newLink());
    await other.locator('a.row', { hasText: 'Dan' }).last().click();
    const pages = [await open(), other];
    await Promise.all(pages.map((page) => expect.poll(() => approve(page).isEnabled()).toBe(true)));
    await Promise.all(pages.map((page) => approve(page).click()));
    for (const page of pages) await page.getByText(`Draft ${draft.number}: sent by sam`).waitFor();
    expect(await agentMessages()).toHaveLength(1);
  });

  it('is text, whatever it says, and a draft that is not there is refused', async () => {
    const { id, assistant } = await desk('Eve');
    const { page, reports, foreignRequests } = await shared.show(id, 'Eve');
    await assistant.answer(id, '<img src=x onerror=alert(1)> <b>bold</b>');
    await page.locator('a.approval', { hasText: 'Eve' }).click();
    await page.locator('.draft-text', { hasText: '<img src=x onerror=alert(1)> <b>bold</b>' }).waitFor();
    expect({ reports, foreignRequests }).toEqual({ reports: [], foreignRequests: [] });
    const answers = await page.evaluate<number[]>(`Promise.all(
      ['/drafts/99', '/drafts/0', '/drafts/x', '/drafts/../desk/x'].map(async (path) => (await fetch('/inbox/api' + path, {
        headers: { authorization: 'Bearer ' + sessionStorage.getItem('opencx-inbox-key') },
      })).status))`);
    expect(answers).toEqual([404, 404, 404, 404]);
  });
});
