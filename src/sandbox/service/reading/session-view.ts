import type { Session } from '../../../contract/session.ts';
import type { z } from '../../../contract/zod.ts';
import type { Db } from '../../store/db.ts';
import { findContacts } from '../../store/queries/contacts.ts';
import { findTeams } from '../../store/queries/sessions.ts';
import type { ContactRow, SessionRow, TeamRow } from '../../store/tables.ts';

type SessionView = z.infer<typeof Session>;
type ContactView = NonNullable<SessionView['contact']>;

/** Sessions as the API shows them, in the order given. Source: `GetChatSessionOutput`, list document. */
export async function viewSessions(db: Db, rows: readonly SessionRow[]): Promise<SessionView[]> {
  const contacts = await findContacts(db, idsOf(rows, 'contact_id'));
  const teams = await findTeams(db, idsOf(rows, 'team_id'));
  return rows.map((row) =>
    viewSession(row, contacts.get(row.contact_id ?? ''), teams.get(row.team_id ?? '')),
  );
}

function idsOf(rows: readonly SessionRow[], key: 'contact_id' | 'team_id'): string[] {
  return [...new Set(rows.map((row) => row[key]).filter((id) => id !== null))];
}

function viewSession(
  row: SessionRow,
  contact: ContactRow | undefined,
  team: TeamRow | undefined,
): SessionView {
  return {
    id: row.id,
    status: row.status,
    ai_closure_type: row.ai_closure_type,
    sentiment: row.sentiment,
    channel: { type: row.channel as SessionView['channel']['type'] },
    ...(contact && { contact: viewContact(contact) }),
    ...(row.language !== null && { language: row.language }),
    assignee_id: row.assignee_id,
    ...(row.custom_data !== null && { custom_data: readMap(row.custom_data) }),
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
    custom_data: row.custom_data === null ? null : readMap<string>(row.custom_data),
    created_at: row.created_at,
    updated_at: row.updated_at,
    non_verified_name: row.non_verified_name,
    non_verified_email: row.non_verified_email,
    non_verified_custom_data:
      row.non_verified_custom_data === null ? null : readMap(row.non_verified_custom_data),
  };
}

type Scalar = string | number | boolean;

function readMap<T extends Scalar = Scalar>(json: string): Record<string, T> {
  return JSON.parse(json) as Record<string, T>;
}

/**
 * Stored custom data with more merged in, key by key: a key that is not given stays. Null while there is none.
 * Source: send document, "Custom data".
 */
export function mergedMap(
  stored: string | null,
  more: Readonly<Record<string, Scalar>> | undefined,
): string | null {
  if (more === undefined) return stored;
  return JSON.stringify({ ...(stored === null ? {} : readMap(stored)), ...more });
}
