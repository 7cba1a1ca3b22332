/** The example id of the API's documentation. */
export const documentedId = '3c90c3cc-0d44-4b50-8888-8dd25736052a';

/** The documented UUID pattern accepts both besides versions 1 to 8. */
export const nilUuid = '00000000-0000-0000-0000-000000000000';
export const maxUuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** A session with every documented member. */
export const fullSession = {
  id: documentedId,
  status: 'open',
  ai_closure_type: 'handed_off',
  sentiment: 'neutral',
  channel: { type: 'web' },
  contact: {
    id: '11111111-1111-4111-8111-111111111111',
    email: 'jane.doe+support@example.co.uk',
    phone_number: '+15550100',
    name: 'Jane Doe',
    custom_data: { plan: 'pro', region: 'emea' },
    created_at: '2026-01-31T08:00:00.000Z',
    updated_at: '2026-01-31T08:00:00.000Z',
    non_verified_name: 'J.',
    non_verified_email: 'j@example.com',
    non_verified_custom_data: { seats: 3, trial: true, plan: 'enterprise' },
  },
  language: 'en',
  assignee_id: '42',
  custom_data: { order_id: 'ord_123', cart_value: 149.99, priority: 'high', gift: false },
  team: { id: '22222222-2222-4222-8222-222222222222', name: 'Billing', description: 'Money' },
  handoff: { summary: 'Wants a refund.', sentiment: 'angry' },
  ticketing_system: { name: 'zendesk_v2', external_id: '9001', id_type: 'ticket_id' },
  ticket_number: 4521,
  assist_mode: false,
  created_at: '2026-01-31T08:00:00.000Z',
  updated_at: '2026-01-31T09:30:00+02:00',
};

/** A session with only the required members. */
export const smallestSession = {
  id: documentedId,
  status: 'closed_resolved',
  ai_closure_type: null,
  sentiment: null,
  channel: { type: 'api' },
  ticket_number: 1,
  assist_mode: true,
  created_at: '2026-01-31T08:00:00Z',
  updated_at: '2026-01-31T08:00:00Z',
};

export const historyItem = {
  id: '33333333-3333-4333-8333-333333333333',
  created_at: '2026-01-31T08:00:00.000Z',
  event: {
    type: 'message',
    sender: { type: 'contact', name: 'Jane' },
    content: { type: 'text', text: 'Where is my order?' },
    attachments: [
      { id: 'f1', name: 'receipt.pdf', size: 1024, type: 'application/pdf', url: 'https://files.example/f1' },
    ],
    context: {},
  },
};
