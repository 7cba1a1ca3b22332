import { expect, it, onTestFinished } from 'vitest';
import { clientOf } from '../../support/sandbox/in-process.ts';
import { hostile, mark } from '../../support/text/hostile.ts';
import { browserForAll, describeInBrowser, slow } from '../../support/web/browser.ts';
import { sharedInbox } from '../../support/web/inbox.ts';

/** Elements that the page itself never makes in its content, and attributes that would run or style something. */
const foreignElements = `(() => {
  const content = document.getElementById('page');
  const elements = [...content.querySelectorAll('*')];
  const own = new Set(['ARTICLE','ASIDE','A','B','BDI','BUTTON','DD','DETAILS','DIALOG','DIV','DL','DT','FORM','H1','H2','H3','HEADER','IMG','INPUT',
    'LABEL','LI','MAIN','OL','OPTION','P','SEARCH','SECTION','SELECT','SPAN','SUMMARY','TEXTAREA','TIME','UL']);
  return elements.filter((one) => !own.has(one.tagName)
    || one.hasAttribute('style') || [...one.attributes].some(({ name }) => name.startsWith('on'))
    || (one.tagName === 'IMG' && !/^(?:\\/inbox\\/|blob:)/.test(one.getAttribute('src')))
    || (one.tagName === 'A' && !/^#s=|^blob:/.test(one.getAttribute('href')))
    || one.hasAttribute('action') || one.hasAttribute('formaction')).map((one) => one.outerHTML.slice(0, 200));
})()`;

describeInBrowser('what a hostile customer writes', slow, () => {
  const shared = sharedInbox(browserForAll());

  it('is shown as text: it becomes no element, no request and no style', async () => {
    const { sandbox } = shared.inbox;
    const client = clientOf(sandbox);
    onTestFinished(() => client.close());
    const short = hostile.filter((text) => text.length < 2000);
    const some = (n: number) => short[(n * 7) % short.length] ?? '';
    const write = async (channel: 'web' | 'email', texts: readonly string[]) => {
      const name = some(texts.length);
      const { id } = await client.createSession({
        channel: { type: channel },
        contact: { name, phone_number: '+1', custom_data: { [some(1)]: some(2), constructor: some(3) } },
        custom_data: { [some(4)]: some(5) },
      });
      for (const text of texts) {
        const name = text.slice(0, 100);
        await client.sendMessage(id, {
          sender: 'contact',
          message: {
            type: 'text',
            text,
            attachments: [
              {
                name,
                url: `https://evil.example/${encodeURIComponent(name.toWellFormed())}`,
                mime_type: name,
              },
            ],
          },
        });
      }
      return id;
    };
    const whole = await write('web', hostile.slice(-95));
    const mail = await write('email', hostile.slice(0, -95));
    for (let n = 0; n < 20; n += 1) await write('web', [some(n)]);

    const plain = await sandbox.visitor.open({ name: 'Ada', text: 'Hello' });
    const { page, foreignRequests, reports } = await shared.show(plain, 'Ada');
    const { length } = await sandbox.sessions();
    await expect.poll(() => page.locator('a.row').count()).toBe(length);
    expect(await page.evaluate(foreignElements)).toEqual([]);
    for (const id of [whole, mail]) {
      await page.evaluate(`location.hash = 's=${id}'`);
      await page.locator('.entry').nth(90).waitFor();
      await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      expect(await page.evaluate(foreignElements)).toEqual([]);
      expect(
        (await page.locator('.words').allTextContents()).filter((text) => text.includes(mark)).length,
      ).toBeGreaterThan(60);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await page.getByRole('searchbox').fill(some(3).slice(0, 50));
    }
    expect(await page.title()).toMatch(/^\(\d+\) Inbox$/);
    expect(foreignRequests).toEqual([]);
    expect(reports).toEqual([]);
  });

  it('could not run even if the page made a mistake', async () => {
    const id = await shared.inbox.sandbox.visitor.open({ name: 'Ben', text: 'Hi' });
    const { page, reports, foreignRequests } = await shared.show(id, 'Ben');
    const attempts = [
      "document.getElementById('page').innerHTML = '<b>x</b>'",
      "document.body.appendChild(document.createElement('script')).text = 'self.ran = 1'",
      "new Image().src = 'https://evil.example/x.png'",
      "fetch('https://evil.example/').catch(() => {})",
      "document.body.appendChild(document.createElement('iframe')).src = 'https://evil.example/'",
    ];
    for (const attempt of attempts) await page.evaluate(`(() => { ${attempt} })()`).catch(() => {});
    await expect.poll(() => reports.length).toBeGreaterThanOrEqual(attempts.length);
    expect(await page.evaluate('self.ran')).toBeUndefined();
    expect(foreignRequests.filter((request) => !reports.join().includes('evil.example') && request)).toEqual(
      [],
    );
  });
});
