import { describe, expect, it } from 'vitest';
import { SessionId } from '../../../src/tools/input/session-id.ts';

const id = '3c90c3cc-0d44-4b50-8888-8dd25736052a';
const other = '11111111-1111-4111-8111-111111111111';

describe('SessionId', () => {
  it.each([
    ['a UUID', id, id],
    ['a UUID in upper case', id.toUpperCase(), id.toUpperCase()],
    ['an id that is no UUID', 'ses_01.A~b:c-d', 'ses_01.A~b:c-d'],
    ['space around', `  ${id}\n`, id],
    ['200 characters', 'a'.repeat(200), 'a'.repeat(200)],
    ['a URL', `https://app.open.cx/inbox/${id}`, id],
    ['a URL in upper case', `HTTPS://APP.OPEN.CX/INBOX/${id.toUpperCase()}`, id.toUpperCase()],
    ['http', `http://localhost:3000/${id}`, id],
    ['a path behind the id', `https://app.open.cx/${id}/history/`, id],
    ['two ids, of which the last counts', `https://app.open.cx/orgs/${other}/sessions/${id}`, id],
    ['an id in the query, which does not count', `https://app.open.cx/s/${id}?contact=${other}`, id],
    ['an id in the fragment, which does not count', `https://app.open.cx/s/${id}#${other}`, id],
    ['an id in the host, which does not count', `https://${other}.open.cx/s/${id}`, id],
    ['an id as a user name, which does not count', `https://${other}:x@open.cx/s/${id}`, id],
  ])('takes %s', (_, given, taken) => {
    expect(SessionId.parse(given)).toBe(taken);
  });

  it.each([
    ['only in the query', `https://app.open.cx/s?id=${id}`],
    ['only behind a line break of the query', `https://app.open.cx/s?a=b\n${id}`],
    ['only in the fragment', `https://app.open.cx/#/s/${id}`],
    ['only in the host', `https://${id}.open.cx/s`],
    ['nowhere', 'https://app.open.cx/inbox/4521'],
    ['within a longer run of digits', `https://app.open.cx/s/${id}99/ff${id}`],
    ['in no URL at all', 'https://'],
  ])('refuses a URL with the id %s', (_, url) => {
    const result = SessionId.safeParse(url);
    expect(result.error?.issues[0]?.message).toContain('holds no session id');
  });

  it.each(['#4521', ' #4521', '#'])('answers the ticket number %j with what to do instead', (ticket) => {
    const result = SessionId.safeParse(ticket);
    expect(result.error?.issues[0]?.message).toMatch(
      /ticket numbers cannot be looked up.*search_sessions.*list/,
    );
  });

  it.each([
    ['nothing', ''],
    ['space only', '  '],
    ['a space', 'a b'],
    ['a line break', 'a\nb'],
    ['this folder', '.'],
    ['the folder above', '..'],
    ['a path', `sessions/${id}`],
    ['a way up', `../${id}`],
    ['a backslash', 'a\\b'],
    ['an encoded slash', 'a%2fb'],
    ['a query', `${id}?x=1`],
    ['a fragment', `${id}#x`],
    ['another scheme', `javascript://${id}`],
    ['a list of ids', `${id},${other}`],
    ['quotes', `"${id}"`],
    ['letters beyond ASCII', 'sitzung-ä'],
    ['too much', 'a'.repeat(201)],
  ])('refuses %s and shows an example', (_, given) => {
    const result = SessionId.safeParse(given);
    expect(result.error?.issues[0]?.message).toContain('must be a session id such as');
  });
});
