import { PageError } from './problems.ts';

/** Reads a file of the built page. @returns undefined if there is none with this name. */
export type WebFiles = (name: string) => Promise<Uint8Array<ArrayBuffer> | undefined>;

/**
 * Scripts and styles come from files only, so that nothing that a customer writes could be one. `blob:` is for pictures
 * that the page has fetched itself.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** @param body of our own words and addresses: nothing in it is escaped. */
export function htmlResponse(title: string, body: string, { script = false, status = 200 } = {}): Response {
  const document = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/inbox/icon.svg">
<link rel="stylesheet" href="/inbox/inbox.css">
${script ? '<script type="module" src="/inbox/inbox.js"></script>\n' : ''}</head>
<body>
${body}
</body>
</html>
`;
  return new Response(document, { status, headers: { 'content-type': 'text/html; charset=utf-8' } });
}

/**
 * @param home the address of the page.
 * @param signIn where people sign in. Absent where a code opens the page.
 */
export function pageResponse(home: string, signIn?: string): Response {
  const noscript = '<noscript><main><h1>Inbox</h1><p>This page needs JavaScript.</p></main></noscript>';
  const signInAt = signIn === undefined ? '' : ` data-sign-in="${signIn}"`;
  return htmlResponse('Inbox', `<div id="page" data-home="${home}"${signInAt}>${noscript}</div>`, {
    script: true,
  });
}

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

export async function assetResponse(files: WebFiles, name: string): Promise<Response> {
  const bytes = await files(name);
  if (bytes === undefined) throw new PageError(404, 'not_found', 'Nothing is at this address.');
  const type = types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
  return new Response(bytes, { headers: { 'content-type': type } });
}

/** Headers of every answer: what the page may do, and that nothing keeps or embeds it. */
export function withSafeHeaders(response: Response): Response {
  const { headers } = response;
  headers.set('content-security-policy', policy);
  headers.set('cache-control', 'no-store');
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('cross-origin-resource-policy', 'same-origin');
  headers.set('referrer-policy', 'no-referrer');
  headers.set('x-content-type-options', 'nosniff');
  headers.set('x-frame-options', 'DENY');
  return response;
}
