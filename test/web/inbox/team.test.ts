import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../../src/mcp/http/listen.ts';
import { openSandbox } from '../../../src/sandbox/index.ts';
import { inboxClient, signingKey, startIdentityProvider } from '../../support/doors/identity-provider.ts';
import { serveSignIn, staticToken } from '../../support/doors/sign-in.ts';
import { findings } from '../../support/web/axe.ts';
import { browserForAll, describeInBrowser, newPage, slow } from '../../support/web/browser.ts';

/** A team server with a sandbox as its API, on a port of its own, and a provider on another site. */
async function serveTeam() {
  const sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, seed: false });
  const { url: api_url } = await sandbox.listen({ port: 0 });
  let handle = async (_: Request) => new Response(null, { status: 503 });
  const listener = await listen((request) => handle(request), { port: 0, host: '127.0.0.1' });
  // For a browser, the two are different sites.
  const origin = listener.url.replace('127.0.0.1', 'localhost');
  const people = { ada: { roles: ['leads'], name: 'Ada Lovelace' } };
  const provider = await startIdentityProvider(await signingKey('first'), people, origin);
  onTestFinished(async () => {
    const closed = listener.close();
    listener.cut();
    await closed;
    await provider.close();
    await sandbox.close();
  });
  const door = await serveSignIn(
    {
      issuer: provider.issuer,
      grants: [{ claim: 'roles', value: 'leads', workspace: 'acme', role: 'lead' }],
    },
    {
      publicUrl: origin,
      workspace: { api_url, name: 'Acme Ltd' },
      roles: { agent: { confirm_sends: 'outbox' }, lead: { approve_sends: true } },
      env: { KEY: sandbox.key, SECRET: inboxClient.secret },
      signIn: { client_id: inboxClient.id, client_secret_env: 'SECRET' },
    },
  );
  handle = door.handle;
  return { sandbox, origin, mcpUrl: `${listener.url}/mcp`, provider, logged: door.logged };
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ name: 'Assistant', version: '1' });
  const requestInit = { headers: { Authorization: `Bearer ${staticToken}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  onTestFinished(() => client.close());
  return client;
}

describeInBrowser('the inbox page of a team', slow, () => {
  const browser = browserForAll();

  it('opens for somebody who signs in and approves what a client left, and closes when they sign out', async () => {
    const { sandbox, origin, mcpUrl, provider, logged } = await serveTeam();
    const session_id = await sandbox.visitor.open({ name: 'Robin', text: 'Where is my parcel?' });
    const { page, context, reports, foreignRequests, addresses } = await newPage(browser(), origin);
    // The provider's page has a font from elsewhere.
    await context.route(/googleapis/, (route) => route.abort());

    await page.goto(`${origin}/inbox#s=${session_id}`);
    await page.getByText('Sign in to see the inbox.').waitFor();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByPlaceholder('Enter any login').fill('ada');
    await page.getByPlaceholder('and password').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();

    // Where they wanted to go.
    await page.getByRole('heading', { name: 'Robin', exact: true }).waitFor();
    expect(page.url()).toBe(`${origin}/inbox#s=${session_id}`);
    await page.getByText('Ada Lovelace').waitFor();
    await page.locator('a.row', { hasText: 'Robin' }).waitFor();

    const assistant = await connect(mcpUrl);
    const sent = await assistant.callTool({
      name: 'send_message',
      arguments: { session_id, sender: 'agent', text: 'It ships today.' },
    });
    expect(sent.structuredContent).toMatchObject({ outcome: 'waiting_for_approval' });
    const draft = page.getByRole('article', { name: 'Draft 1, waiting for you' });
    await draft.getByText('It ships today.').waitFor();
    await draft.getByRole('button', { name: 'Approve' }).dblclick();
    await page.getByText('Draft 1: sent by Ada Lovelace (ada)').waitFor();
    await page.locator('.from-agent .words', { hasText: 'It ships today.' }).waitFor();
    const answers = (await sandbox.history(session_id)).filter(({ event }) => event.sender?.type === 'agent');
    expect(answers.filter(({ event }) => event.type === 'message')).toHaveLength(1);

    const other = await context.newPage();
    await other.goto(`${origin}/inbox`);
    await other.locator('a.row', { hasText: 'Robin' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Signed out' }).waitFor();
    for (const left of [page, other]) {
      await left.goto(`${origin}/inbox`);
      await left.getByText('Sign in to see the inbox.').waitFor();
      expect(await left.getByText('Robin').count()).toBe(0);
    }

    const codes = addresses.flatMap((address) => new URL(address).searchParams.get('code') ?? []);
    expect(codes.length).toBeGreaterThan(0);
    expect(addresses.filter((address) => address.startsWith(origin) && address.includes('code='))).toEqual(
      [...new Set(addresses)].filter((address) => address.startsWith(`${origin}/inbox/signed-in?`)),
    );
    for (const code of codes) expect(logged.join()).not.toContain(code);
    const abroad = foreignRequests.filter((request) => !request.includes(provider.issuer));
    expect(abroad.filter((request) => !request.includes('googleapis'))).toEqual([]);
    expect(reports).toEqual([]);
  });

  it('says why nobody comes in so that everybody can read it', async () => {
    const { origin } = await serveTeam();
    const { page } = await newPage(browser(), origin, { colorScheme: 'dark' });
    for (const path of ['/inbox', '/inbox/notice?about=no_role']) {
      await page.goto(`${origin}${path}`);
      await page.getByRole('link', { name: /^Sign in/ }).waitFor();
      expect(await findings(page), path).toEqual([]);
    }
  });
});
