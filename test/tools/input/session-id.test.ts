import { describe, expect, it } from 'vitest';
import { SessionId } from '../../../src/tools/input/session-id.ts';

const id = '3c90c3cc-0d44-4b50-8888-8dd25736052a';
const other = '11111111-1111-4111-8111-111111111111';

describe('SessionId', () => {
  it.each([
    ['a UUID', id, id],
    ['a UUID in upper case', id.toUpperCase(), id.toUpperCase()],
    ['an id that is not a UUID', 'ses_01.A~b:c-d', 'ses_01.A~b:c-d'],
    ['an id with space around it', `  ${id}\n`, id],
    ['200 characters', 'a'.repeat(200), 'a'.repeat(200)],
    ['a URL', `https://app.open.cx/inbox/${id}`, id],
    ['a URL in upper case', `HTTPS://APP.OPEN.CX/INBOX/${id.toUpperCase()}`, id.toUpperCase()],
    ['an http URL', `http://localhost:3000/${id}`, id],
    ['a URL with a path after the id', `https://app.open.cx/${id}/history/`, id],
    ['the last of two ids in a path', `https://app.open.cx/orgs/${other}/sessions/${id}`, id],
    ['the id in the path, not the one in the query', `https://app.open.cx/s/${id}?contact=${other}`, id],
    ['the id in the path, not the one in the fragment', `https://app.open.cx/s/${id}#${other}`, id],
    ['the id in the path, not the one in the host', `https://${other}.open.cx/s/${id}`, id],
    ['the id in the path, not the one in the user name', `https://${other}:x@open.cx/s/${id}`, id],
    ['a URL with the id in the query', `https://app.open.cx/inbox?session=${id}`, id],
    ['the last of two ids in a query', `https://app.open.cx/inbox?org=${other}&session=${id}`, id],
    ['the address of a resource', `opencx://sessions/${id}`, id],
    ['the address of a transcript', `opencx://sessions/${id}/history`, id],
    ['the address of a resource whose id is not a UUID', 'opencx://sessions/ses_01', 'ses_01'],
    ['an id in backticks', `\`${id}\``, id],
    ['an id in quotes', `"${id}"`, id],
    ['an id in curly quotes', `“${id}”`, id],
    ['an id in several quotes', `<"'${id}'">`, id],
    ['an id after a word', `session_id: ${id}`, id],
    ['an id in brackets', `[${id}]`, id],
    ['an id with a comma', `${id},`, id],
    ['an id in a Markdown link', `[${id}](https://app.open.cx/inbox/${id})`, id],
    ['a URL in angle brackets', `<https://app.open.cx/inbox/${id}>`, id],
  ])('accepts %s', (_, given, taken) => {
    expect(SessionId.parse(given)).toBe(taken);
  });

  it.each([
    ['only after a line break in the query', `https://app.open.cx/s?a=b\n${id}`],
    ['only in the fragment', `https://app.open.cx/#/s/${id}`],
    ['only in the host', `https://${id}.open.cx/s`],
    ['nowhere', 'https://app.open.cx/inbox/4521'],
    ['within a longer run of digits', `https://app.open.cx/s/${id}99/ff${id}`],
    ['missing because the URL is incomplete', 'https://'],
  ])('refuses a URL with the id %s', (_, url) => {
    const result = SessionId.safeParse(url);
    expect(result.error?.issues[0]?.message).toContain('holds no session id');
  });

  it.each([
    '#4521',
    '4521',
    ' # 4521 ',
    '`#4521`',
    'ticket 4521',
    'Ticket  #4521',
    'ticket number 4521',
    'Ticket No. 4521',
    '004521',
    'opencx://sessions/4521',
  ])('takes %j as the ticket number 4521', (ticket) => {
    expect(SessionId.parse(ticket)).toBe('#4521');
  });

  it.each(['1234567890123', '#12a', 'ticket', '#', '#1234567890123', '45-21'])(
    'does not take %j as a ticket number',
    (text) => {
      expect(SessionId.safeParse(text).data ?? '').not.toContain('#');
    },
  );

  it.each([
    ['an empty id', ''],
    ['space only', '  '],
    ['a space', 'a b'],
    ['a line break', 'a\nb'],
    ['a dot', '.'],
    ['two dots', '..'],
    ['a path', `sessions/${id}`],
    ['a path that goes up', `../${id}`],
    ['a backslash', 'a\\b'],
    ['an encoded slash', 'a%2fb'],
    ['a query', `${id}?x=1`],
    ['a fragment', `${id}#x`],
    ['another scheme', `javascript://${id}`],
    ['an id after a word that says something else', `contact ${id}`],
    ['a list of ids', `${id},${other}`],
    ['quotes around nothing', '""'],
    ['a quote inside', `a"b`],
    ['the address of a resource without an id', 'opencx://sessions/'],
    ['the address of a resource with an encoded slash', 'opencx://sessions/a%2Fb'],
    ['letters beyond ASCII', 'sitzung-ä'],
    ['201 characters', 'a'.repeat(201)],
  ])('refuses %s and shows an example', (_, given) => {
    const result = SessionId.safeParse(given);
    expect(result.error?.issues[0]?.message).toContain('must be a session id such as');
  });
});
