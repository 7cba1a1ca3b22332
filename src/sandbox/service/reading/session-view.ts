import type { Session } from '../../../contract/session.ts';
import type { z } from '../../../contract/zod.ts';
import type { Db } from '../../store/db.ts';
import { findContacts } from '../../store/queries/contacts.ts';
import { findTeams } from '../../store/queries/sessions.ts';
import type { ContactRow, SessionRow, TeamRow } from '../../store/tables.ts';
import { parseCustomData } from '../custom-data.ts';

type SessionView = z.infer<typeof Session>;
type ContactView = NonNullable<SessionView['contact']>;

/** Sessions as the API returns them, in the given order. Source: docs.open.cx/api-reference, `GetChatSessionOutput`. */
export async function viewSessions(db: Db, rows: readonly SessionRow[]): Promise<SessionView[]> {
  const contacts = await findContacts(db, idsOf(rows, 'contact_id'));
  const teams = await findTeams(db, idsOf(rows, 'team_id'));
  return rows.map((row) => toView(row, contacts.get(row.contact_id ?? ''), teams.get(row.team_id ?? '')));
}

/** One session as the API returns it. */
export async function viewSession(db: Db, row: SessionRow): Promise<SessionView> {
  const [view] = await viewSessions(db, [row]);
  return view as SessionView;
}

function idsOf(rows: readonly SessionRow[], key: 'contact_id' | 'team_id'): string[] {
  return [...new Set(rows.map((row) => row[key]).filter((id) => id !== null))];
}

function toView(row: SessionRow, contact: ContactRow | undefined, team: TeamRow | undefined): SessionView {
  return {
    id: row.id,
    status: row.status,
    ai_closure_type: row.ai_closure_type,
    sentiment: row.sentiment,
    channel: { type: row.channel as SessionView['channel']['type'] },
    ...(contact && { contact: viewContact(contact) }),
    ...(row.language !== null && { language: row.language }),
    assignee_id: row.assignee_id,
    ...(row.custom_data !== null && { custom_data: parseCustomData(row.custom_data) }),
    ...(team && {
      team: {
        id: team.id,
        name: team.name,
        ...(team.description !== null && { description: team.description }),
      },
    }),
    ...(row.handoff_summary !== null && {
      handoff: {
        ...(row.handoff_sentiment !== null && { sentiment: row.handoff_sentiment }),
        summary: row.handoff_summary,
      },
    }),
    ...ticketingSystem(row),
    ticket_number: row.ticket_number,
    assist_mode: row.assist_mode === 1,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

function ticketingSystem(row: SessionRow): Pick<SessionView, 'ticketing_system'> | undefined {
  const { ticketing_name, ticketing_external_id, ticketing_id_type } = row;
  if (ticketing_name === null || ticketing_external_id === null || ticketing_id_type === null)
    return undefined;
  const system = { name: ticketing_name, external_id: ticketing_external_id, id_type: ticketing_id_type };
  return { ticketing_system: system as NonNullable<SessionView['ticketing_system']> };
}

function viewContact(row: ContactRow): ContactView {
  return {
    id: row.id,
    email: row.email,
    phone_number: row.phone_number,
    name: row.name,
    custom_data: row.custom_data === null ? null : parseCustomData<string>(row.custom_data),
    created_at: row.created_at,
    updated_at: row.updated_at,
    non_verified_name: row.non_verified_name,
    non_verified_email: row.non_verified_email,
    non_verified_custom_data:
      row.non_verified_custom_data === null ? null : parseCustomData(row.non_verified_custom_data),
  };
}
