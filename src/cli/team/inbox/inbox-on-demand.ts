import type { OpenTeamInbox, TeamInboxSetup } from './open-team-inbox.ts';

/**
 * The inbox page of a team, opened when somebody first comes to it. A team file that is read again may add or remove it.
 * @param otherwise answers all other requests.
 */
export function withTeamInbox(
  setup: TeamInboxSetup,
  otherwise: (request: Request) => Promise<Response>,
): OpenTeamInbox {
  let opened: Promise<OpenTeamInbox> | undefined;
  const open = () => {
    opened ??= import('./open-team-inbox.ts').then(({ openTeamInbox }) => openTeamInbox(setup));
    return opened;
  };
  return {
    async fetch(request) {
      const isPage = /^\/inbox(?:\/|$)/.test(new URL(request.url).pathname);
      if (!isPage || setup.team().inbox === undefined) return otherwise(request);
      return (await open()).fetch(request);
    },
    close: () => void opened?.then((inbox) => inbox.close()),
  };
}
