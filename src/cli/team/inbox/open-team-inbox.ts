import { openDesk } from '../../../inbox/desk.ts';
import { ChangeFeed } from '../../../inbox/live/changes.ts';
import { PageError } from '../../../inbox/problems.ts';
import { teamInboxApp } from '../../../inbox/team/app.ts';
import type { Viewer } from '../../../inbox/viewer.ts';
import { hasScope, offerTo } from '../../../mcp/http/admission.ts';
import { dependenciesOf } from '../../../mcp/http/dependencies.ts';
import type { Principals } from '../../../mcp/http/principals.ts';
import { type Grant, principalId } from '../../../mcp/http/team.ts';
import { recordRefusal } from '../../../pipeline/call.ts';
import type { CallsUnderWay } from '../../../pipeline/calls-under-way.ts';
import { type OutboxDesk, outboxDesk } from '../../../pipeline/outbox-desk.ts';
import { Redaction } from '../../../pipeline/redaction.ts';
import type { Telemetry } from '../../../pipeline/telemetry.ts';
import { cleanLine } from '../../../text/clean.ts';
import { pageContext } from '../../inbox/page-context.ts';
import { watchOf } from '../../inbox/watch.ts';
import { webFiles } from '../../inbox/web-files.ts';
import type { Logger } from '../../setup/logger.ts';
import type { OpenTeam, TeamInboxAccess } from '../open-team.ts';
import type { OpenWorkspace } from '../open-workspace.ts';
import { SignInProblem } from './provider.ts';
import { type Session, sealingWith } from './sealing.ts';

export interface TeamInboxSetup {
  /** The team that is served now. */
  team(): OpenTeam;
  /** Of 32 bytes, for what browsers keep. Replicas share it. */
  readonly key: Uint8Array;
  readonly principals: Principals;
  readonly callsUnderWay: CallsUnderWay;
  readonly telemetry?: Telemetry | undefined;
  /** Longest time of one read or decision in milliseconds. */
  readonly timeoutMs: number;
  readonly logger: Logger;
}

export interface OpenTeamInbox {
  fetch(request: Request): Promise<Response>;
  /** Ends the streams of changes, which otherwise never end. */
  close(): void;
}

/** What the page shows. A role needs all of these tools for it. */
const readingTools = ['list_sessions', 'get_session', 'get_session_history'];

/** The inbox page of a team. */
export function openTeamInbox(setup: TeamInboxSetup): OpenTeamInbox {
  const { team, principals, callsUnderWay, telemetry, timeoutMs, logger } = setup;
  const sealing = sealingWith(setup.key);
  const shared = new Map<OpenWorkspace, ReturnType<typeof shareOf>>();

  /** What all viewers of a workspace share. That of a workspace which is not served any more ends. */
  function sharedBy(workspace: OpenWorkspace) {
    const served = new Set(team().workspaces.values());
    for (const [one, { feed }] of shared) {
      if (served.has(one)) continue;
      feed.close();
      shared.delete(one);
    }
    const known = shared.get(workspace) ?? shareOf(workspace);
    shared.set(workspace, known);
    return known;
  }

  /** @param name may be left out if there is only one. */
  function workspaceAt(name: string | undefined): OpenWorkspace | undefined {
    const { workspaces } = team();
    const [only, another] = workspaces.values();
    if (name === undefined) return another === undefined ? only : undefined;
    return workspaces.get(name);
  }

  const access = (): TeamInboxAccess => {
    const { inbox } = team();
    if (inbox === undefined) throw new PageError(404, 'not_found', 'Nothing is served at this address.');
    return inbox;
  };

  /** What somebody may do now; undefined if they may not read. */
  function admitted(session: Session) {
    const grant = team().inbox?.grantOf(session);
    const offer = grant && offerTo(grant);
    const has = (tool: string) => offer?.tools.some(({ name }) => name === tool) === true;
    return grant && readingTools.every(has) ? { grant, has } : undefined;
  }

  function viewerOf(session: Session & { readonly until: number }): Viewer {
    const found = admitted(session);
    if (found === undefined)
      throw new PageError(403, 'no_role', 'You have no role here that may read the inbox.');
    const { grant, has } = found;
    const { workspace, role } = grant;
    const { feed, live, deskFor } = sharedBy(workspace);
    const dependencies = { ...dependenciesOf(grant), telemetry, confirmSends: false };
    const { person, memory } = principals.of(principalId(grant));
    const redaction = dependencies.redaction && new Redaction(dependencies.redaction);
    const approves = role.approvesSends === true && hasScope(grant, 'sessions:write');
    const reader = { dependencies, person, memory, redaction, timeoutMs };
    const drafts = outboxDesk({
      ...reader,
      dependencies: { ...dependencies, outbox: workspace.outbox },
      by: byOf(session),
      onlyOf: approves ? undefined : principalId(grant),
    });
    return {
      feed,
      live,
      desk: deskFor(role.redact),
      contextOf: (signal) => pageContext(reader, signal),
      redact: redaction?.forPresenting,
      drafts: untilDone(drafts, callsUnderWay),
      member: {
        name: session.name,
        workspace: access().titleOf(workspace.id),
        role: role.name,
        approves,
        has,
        refused: () => recordRefusal('outbox', {}, dependencies),
        isAdmitted: () => admitted(session)?.grant.workspace === workspace,
        until: session.until,
      },
    };
  }

  const { fetch } = teamInboxApp({
    files: webFiles(),
    door: () => ({
      publicUrl: access().publicUrl,
      workspaceAt: (name) => workspaceAt(name)?.id,
      async begin(workspace, home, isForOther) {
        try {
          const { url, attempt } = await access().begin({ workspace, home }, isForOther);
          return { url, attempt: await sealing.sealAttempt(attempt) };
        } catch (error) {
          return { problem: wordOf(error) };
        }
      },
      async finish(query, sealed) {
        const attempt = await sealing.openAttempt(sealed);
        if (attempt === undefined) return { home: '/inbox', problem: 'stale' };
        const { home, workspace } = attempt;
        try {
          const session = await access().finish(query, attempt);
          if (admitted(session) === undefined) return { home, problem: 'no_role' };
          return { home, workspace, session: await sealing.sealSession(session) };
        } catch (error) {
          return { home, problem: wordOf(error) };
        }
      },
      async viewer(workspace, sealed) {
        const session = await sealing.openSession(sealed);
        if (session?.workspace === workspace) return viewerOf(session);
        const message =
          sealed === '' ? 'Sign in to see the inbox.' : 'Your session has ended. Sign in again.';
        throw new PageError(401, 'no_session', message);
      },
    }),
    onError: (err, name) => (workspaceAt(name)?.dependencies.logger ?? logger).error({ err }, 'inbox error'),
  });
  return {
    fetch,
    close() {
      for (const { feed } of shared.values()) feed.close();
    },
  };
}

function shareOf(workspace: OpenWorkspace) {
  const { outbox, sandbox, dependencies } = workspace;
  const { client, logger: tagged } = dependencies;
  const onError = (err: unknown) => tagged.info({ err }, 'changes could not be read');
  const { watch, live } = watchOf({ client, outbox, sandbox, onError });
  const feed = new ChangeFeed(watch, (err) => tagged.error({ err }, 'inbox error'));
  const desks = new Map<string, ReturnType<typeof openDesk>>();
  return {
    feed,
    live,
    /** What a desk remembers is redacted, so those who see different things have different ones. */
    deskFor(redacted: Grant['role']['redact']) {
      const key = redacted.toSorted().join();
      const desk = desks.get(key) ?? openDesk();
      desks.set(key, desk);
      return desk;
    },
  };
}

/** A shutdown waits for decisions that are under way. */
function untilDone(desk: OutboxDesk, calls: CallsUnderWay): OutboxDesk {
  return {
    ...desk,
    approve: (request) => calls.track(desk.approve(request)),
    reject: (request) => calls.track(desk.reject(request)),
  };
}

/** Who decided. The name alone could be somebody else's: many providers let everybody choose it. */
function byOf({ name, subject }: Session): string {
  return cleanLine(name === subject ? subject : `${name} (${subject})`, 200);
}

function wordOf(error: unknown) {
  if (error instanceof SignInProblem) return error.word;
  throw error;
}
