import { isIP } from 'node:net';
import { baseUrlProblem, isLoopback } from '../../client/base-url.ts';
import { z } from '../../contract/zod.ts';
import { type PersonalDataKind, personalDataKinds } from '../../text/personal-data/kinds.ts';
import { homeFolder } from './home-folder.ts';

/** What the words for on and off mean. Anything else is not a switch. */
function switchOf(text: string): boolean | undefined {
  if (/^(?:1|t|true|y|yes|on|enabled?)$/i.test(text)) return true;
  if (/^(?:0|f|false|n|no|off|disabled?)$/i.test(text)) return false;
  return undefined;
}

/** An empty value of a flag means off. */
export const onOff = z.string().transform((text, context) => {
  const value = text === '' ? false : switchOf(text);
  return value ?? refuse(context, 'must be true or false');
});

/** How a person approves each message: not at all, when the client asks, or in the outbox. `on` means `ask`. */
export const approvalOfSends = z.string().transform((text, context) => {
  const word = text.toLowerCase();
  if (word === 'ask' || word === 'outbox' || word === 'none') return word;
  const value = text === '' ? false : switchOf(text);
  if (value === undefined) return refuse(context, 'must be ask, outbox or none');
  return value ? 'ask' : 'none';
});

/** Where notifications go. Plain http would show them, and their signature, to everybody on the way. */
export const webhookUrl = z.string().transform((text, context) => {
  const problem = webhookProblem(text);
  return problem === undefined ? text : refuse(context, problem);
});

/** @returns why nothing is sent to an address; undefined if it can be used. */
export function webhookProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'must be a URL, such as https://hooks.example.com/services/...';
  const { protocol } = new URL(text);
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(text))) return undefined;
  return 'must begin with https:// (plain http is allowed for localhost only)';
}

export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

export const numberOrOff = (max: number) =>
  z.string().transform((text, context) => {
    if (!/^\d+$/.test(text) && switchOf(text) === false) return 'off' as const;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value <= max ? value : refuse(context, `must be a whole number from 0 to ${max}, or off`);
  });

/** Names of tools. A value that cannot be one is refused without repeating it: it may be the key. */
export const names = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  )
  .refine(
    (list) => list.every((name) => /^[a-z_-]{1,40}$/i.test(name)),
    'must be comma-separated tool names',
  );

/** Kinds of personal data; `all` for all of them. */
export const kindsOfData = z.string().transform((text, context): readonly PersonalDataKind[] => {
  const wanted = text
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean);
  if (wanted.length === 1 && wanted[0] === 'all') return personalDataKinds;
  const known = personalDataKinds.filter((kind) => wanted.includes(kind));
  return known.length === new Set(wanted).size
    ? known
    : refuse(context, `must be a comma-separated list of ${personalDataKinds.join(', ')}, or all`);
});

/** A path, with `~` expanded: clients start the server without a shell. */
export const path = z.string().transform((text, context) => {
  if (!isPlausiblePath(text)) return refuse(context, 'must be a path, such as ./name');
  return expandHome(text);
});

/** `true` for the default file, `false` for none, otherwise the path of a file. An empty value means none. */
export const switchOrPath = z.string().transform((text, context): boolean | string => {
  const value = text === '' ? false : switchOf(text);
  if (value !== undefined) return value;
  return isPlausiblePath(text) && !/[/\\]$/.test(text)
    ? expandHome(text)
    : refuse(context, 'must be on, off, :memory:, or the path of a file, such as ./demo.db');
});

/** A path of any form, for a setting whose reader explains what is wrong. */
export const anyPath = z.string().transform(expandHome);

export const listenAddress = z
  .string()
  .refine(
    (text) => isIP(text) !== 0 || /^[a-z\d](?:[a-z\d-]{0,40}\.)*[a-z\d-]{0,40}$/i.test(text),
    'must be an IP address or a host name',
  );

export const apiUrl = z.string().transform((text, context) => {
  const problem = baseUrlProblem(text);
  return problem === undefined ? text.replace(/(?<!\/)\/+$/, '') : refuse(context, problem);
});

/** The address of a service, with its password. Messages never repeat it. */
export const serviceUrl = (example: string, ...protocols: string[]) =>
  z.string().transform((text, context) => {
    const isAddress = URL.canParse(text) && protocols.includes(new URL(text).protocol);
    return isAddress ? text : refuse(context, `must be an address such as ${example}`);
  });

/** The origin of a site, without a path: clients append `/mcp`. */
export const publicUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash)
    return refuse(context, 'must be a URL, such as https://mcp.example.com');
  if (url.pathname !== '/')
    return refuse(context, 'must have no path: the server is at /mcp of its own name');
  return url.origin;
});

export function expandHome(text: string): string {
  return text.replace(/^~(?=$|[/\\])/, () => homeFolder());
}

/**
 * Whether a text was meant as a path: it has a folder, or an extension. A bare word is more likely a misspelt switch, a
 * flag, or a key. `n/a` and the like are not paths, nor
 * is a variable that no shell replaced.
 */
function isPlausiblePath(text: string): boolean {
  if (/\p{Cc}|^["'`]|["'`]$|^\$\w|^%\w+%/u.test(text)) return false;
  if (/^~?$|^n[/\\]a$/i.test(text)) return text === '~';
  const parts = text.split(/[/\\]/);
  if (parts.every((part) => switchOf(part) !== undefined)) return false;
  return parts.length > 1 || text === ':memory:' || /^[^.].*\.[a-z][a-z\d]{0,7}$/i.test(text);
}

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: z.ZodIssueCode.custom, message });
  return z.NEVER;
}
