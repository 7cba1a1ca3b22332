import { htmlResponse } from '../page.ts';

/** Why somebody is not in, in one word. It stands in the address, and nothing else does. */
export type NoticeWord = keyof typeof notices;

interface Notice {
  readonly title: string;
  readonly text: string;
  readonly status: number;
  /** Name of the link that leads on. */
  readonly link?: string;
  /** Whether the provider should ask who it is, in place of remembering. */
  readonly isForOther?: true;
}

const notices = {
  denied: {
    title: 'Not signed in',
    text: 'The identity provider did not let you in, or you cancelled there. Nothing was done.',
    status: 403,
    link: 'Try again',
  },
  stale: {
    title: 'Start again',
    text: 'This sign-in took longer than ten minutes, was finished already, or began in another window.',
    status: 400,
    link: 'Sign in',
  },
  unavailable: {
    title: 'Sign-in does not work right now',
    text: 'The identity provider does not answer. Try again in a minute. If it stays like this, tell the administrators of this server: its log has the reason.',
    status: 503,
    link: 'Try again',
  },
  refused: {
    title: 'Sign-in does not work',
    text: 'The identity provider answered with something that this server does not take. Tell the administrators of this server: its log has the reason.',
    status: 500,
    link: 'Try again',
  },
  no_role: {
    title: 'No access',
    text: 'You signed in, but have no role here that may read the inbox. Ask the administrators of this server for one, or sign in as somebody else.',
    status: 403,
    link: 'Sign in as somebody else',
    isForOther: true,
  },
  signed_out: {
    title: 'Signed out',
    text: 'This browser has no access to the inbox any more. Your identity provider may still know you.',
    status: 200,
    link: 'Sign in',
    isForOther: true,
  },
  several: {
    title: 'Which inbox?',
    text: 'This server has several workspaces. The address of an inbox ends with the name of one: /inbox/w/NAME.',
    status: 404,
  },
  unknown: {
    title: 'Nothing here',
    text: 'No inbox is at this address.',
    status: 404,
  },
} as const satisfies Readonly<Record<string, Notice>>;

export function isNotice(word: string): word is NoticeWord {
  return Object.hasOwn(notices, word);
}

/** A page without scripts that says why somebody is not in, and what to do. @param home of the inbox. */
export function noticeResponse(word: NoticeWord, home: string): Response {
  const { title, text, status, link, isForOther }: Notice = notices[word];
  const target = `${home}/sign-in${isForOther ? '?other' : ''}`;
  const lead = link === undefined ? '' : `\n<p><a class="strong" href="${target}">${link}</a></p>`;
  const body = `<main class="locked">\n<h1><img src="/inbox/icon.svg" alt="" width="24" height="24">${title}</h1>\n<p>${text}</p>${lead}\n</main>`;
  return htmlResponse(`${title} - Inbox`, body, { status });
}
