import { existsSync } from 'node:fs';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { beforeAll, describe, onTestFinished } from 'vitest';

/** The first one is Chromium without windows, and takes half as long. */
const places = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const executablePath = process.env['TEST_CHROMIUM'] ?? places.find((path) => existsSync(path));

/** Skipped where there is no Chromium, but not in CI. */
export const describeInBrowser = executablePath !== undefined || process.env['CI'] ? describe : describe.skip;

/** For tests in a browser: on a busy machine, one takes long. In milliseconds. */
export const slow = { timeout: 120_000 };

/** Nothing of it may call home: a test that sees a request has to know whose it is. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let launched: Promise<Browser> | undefined;

/**
 * One browser for all files of a worker. It is not closed: it ends by itself when its pipe to the worker does. Signals
 * are left to the worker, because tests send some to themselves.
 */
function launch(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('No Chromium: install it, or set TEST_CHROMIUM.');
  launched ??= chromium.launch({
    executablePath,
    args,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  return launched;
}

/** The browser, for all tests of a file. What they left open in it is closed after them. */
export function browserForAll(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launch();
    return async () => {
      await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
    };
  });
  return () => {
    if (!browser) throw new Error('The browser is available only in tests.');
    return browser;
  };
}

/** What a page did that it should not. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Requests to anything but this address, as `GET https://...`. */
  readonly foreignRequests: string[];
  /** Violations of the content security policy and of Trusted Types, and errors. */
  readonly reports: string[];
  /** Every address that the page or a request of it had. */
  readonly addresses: string[];
}

/** A page of its own, as a new visitor would have it. Closed after the test. */
export async function newPage(
  browser: Browser,
  ownOrigin: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const watched = await openPage(browser, ownOrigin, options);
  onTestFinished(() => watched.context.close());
  return watched;
}

/** As `newPage`, but it stays open for all tests of the file. */
export async function openPage(
  browser: Browser,
  ownOrigin: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    ...options,
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const foreignRequests: string[] = [];
  const reports: string[] = [];
  const addresses: string[] = [];
  context.on('request', (request) => {
    addresses.push(request.url());
    const { origin, protocol } = new URL(request.url());
    if (origin !== ownOrigin && protocol !== 'blob:')
      foreignRequests.push(`${request.method()} ${request.url()}`);
  });
  page.on('framenavigated', (frame) => addresses.push(frame.url()));
  page.on('pageerror', (error) => reports.push(String(error)));
  await page.exposeFunction('reportViolation', (text: string) => reports.push(text));
  await page.addInitScript(`document.addEventListener('securitypolicyviolation',
    ({ violatedDirective, blockedURI, sample }) => reportViolation([violatedDirective, blockedURI, sample].join(' ')));`);
  return { page, context, foreignRequests, reports, addresses };
}
