import { action, line, mark, type Story, story } from '../story.ts';

const tentSummary =
  'Amelia returned the Ridgeline 2 tent of order ord_10482 nineteen days ago; the warehouse booked it in as received, but no refund was started. She was promised the money twice. She asks for 189.00 GBP back on her card and a date.';

/** Refunds. */
export const refunds: readonly Story[] = [
  story(
    {
      channel: 'web',
      who: 'Amelia Hart',
      began: 142,
      sentiment: 'angry',
      handoff: tentSummary,
      handoffSentiment: 'angry',
      team: 'Payments',
      customData: { order_id: 'ord_10482', order_total: 189, currency: 'GBP', return_received: true },
    },
    'Customer: Hello. I sent back the Ridgeline 2 tent from order ord_10482 nearly three weeks ago and I still have no refund. Could you please tell me where it is?',
    'AI: Hello Amelia, I am sorry about the wait. Let me look at the order and the return first.',
    action(
      'get_order',
      { order_id: 'ord_10482' },
      { status: 'returned', total: '189.00 GBP', paid_with: 'card ending 4417', delivered: true },
    ),
    action(
      'get_return',
      { order_id: 'ord_10482' },
      { return_id: 'ret_2291', received_days_ago: 15, condition: 'as new', refund: 'not started' },
    ),
    'AI: Your tent reached our warehouse 15 days ago and was checked in as new. I can see that the refund of £189.00 has not been started yet, although it should have been within five days.',
    'Customer: So it has been sitting there for two weeks. I was told "within 48 hours" by email, twice. I have been a customer since 2021 and I do not expect to have to chase my own money.',
    'AI: That is fair, and I cannot start a refund of this size myself. I am passing this to a colleague in Payments, with everything you have told me, so that you do not have to repeat it.',
    `Handoff: ${tentSummary}`,
    mark('agent_joined', { sender: { type: 'agent', name: 'Nora Whitfield' } }),
    'Nora Whitfield: Hello Amelia, Nora from Payments here. I have read all of it, and I am sorry. I am asking the warehouse why the return did not release the refund.',
    'Note by Nora Whitfield: ret_2291 stuck in "inspection done, refund pending": same fault as last Friday.',
    line(
      'Customer: Thank you, Nora. I do appreciate that it is not your doing. But please do not just look into it again.',
      { after: 6 },
    ),
    line(
      'Customer: Can you confirm today that the £189.00 goes back to my card, and on which date? If not, I would like to know whom I should complain to.',
      { after: 9 },
    ),
  ),
  story(
    {
      channel: 'whatsapp',
      who: 'Priya Raman',
      began: 61,
      sentiment: 'neutral',
      handoff:
        'The card that order ord_10517 was paid with has expired. Priya asks for her refund of 64.50 GBP as store credit or to a new card.',
      handoffSentiment: 'neutral',
      team: 'Payments',
      customData: { order_id: 'ord_10517', refund_amount: 64.5 },
    },
    'Customer: Hi! You say my refund was sent but my old card expired in September. What happens now?',
    'AI: Hi Priya, let me check where the refund went.',
    action(
      'get_refund',
      { order_id: 'ord_10517' },
      { refund_id: 'rf_8830', amount: '64.50 GBP', state: 'returned by the bank', card: 'ending 0921' },
    ),
    'AI: Your bank sent the £64.50 back to us because the card is closed. I can pay it out as store credit, or a colleague can send it to another card.',
    'Customer: Another card please. I would rather not type the number here though',
    'AI: You are right not to. A colleague will send you a secure link for it.',
    'Handoff: Refund rf_8830 came back from the bank; the customer wants it on a new card, by secure link.',
    line('Customer: Ok, waiting for the link 🙂', { after: 4 }),
  ),
  story(
    {
      channel: 'messenger',
      who: 'Bruno Castell',
      began: 2880,
      sentiment: 'angry',
      handoff:
        'Bruno wants a refund for a stove bought 14 months ago and used since; the return window of 60 days is over.',
      handoffSentiment: 'angry',
      team: 'Payments',
      customData: { order_id: 'ord_07733', days_since_delivery: 431 },
    },
    'Customer: I want my money back for the Ember stove. It does not burn like it used to.',
    'AI: I am sorry to hear that. When did you buy it, and what changed about the flame?',
    'Customer: last summer. it sputters. i just want the refund',
    action(
      'get_order',
      { order_id: 'ord_07733' },
      { delivered_days_ago: 431, return_window_days: 60, warranty_months: 24 },
    ),
    'AI: The 60 days for a refund are over, but the stove is still under its two-year warranty: we would clean or replace the jet free of charge. Shall I open that for you?',
    'Customer: No. Refund or nothing. Give me a human',
    'Handoff: Customer declines the warranty repair and asks for a person.',
    line(
      'Idris Moreau: Hello Bruno, Idris here. I cannot refund an order that old, and I do not want to keep you hoping. The repair or a new jet by post is yours whenever you like.',
      { after: 25 },
    ),
    'Customer: Ridiculous. I will buy elsewhere.',
    mark('closed_unresolved_by_agent', { sender: { type: 'agent', name: 'Idris Moreau' }, after: 40 }),
  ),
  story(
    {
      channel: 'sms',
      who: 'George Tully',
      began: 1530,
      sentiment: 'happy',
      customData: { order_id: 'ord_10390' },
    },
    'Customer: Has my refund for the boots gone out? G. Tully',
    action(
      'get_refund',
      { order_id: 'ord_10390' },
      { refund_id: 'rf_8794', amount: '112.00 GBP', state: 'paid', paid_days_ago: 1 },
    ),
    'AI: Yes: 112.00 GBP was paid to your card yesterday. Banks take up to 3 working days to show it.',
    'Customer: Thanks very much',
    mark('ai_decided_to_resolve_the_issue', { sender: { type: 'ai' }, after: 3 }),
  ),
  story(
    {
      channel: 'api',
      who: 'Hannah Brightwell',
      began: 4310,
      sentiment: 'neutral',
      team: 'Payments',
      ticketing: ['zendesk', '88214', 'ticket_id'],
      customData: {
        order_id: 'ord_10155',
        source: 'returns portal',
        refund_amount: 39.9,
        auto_approved: true,
      },
    },
    'Customer: Return ret_2177 of order ord_10155 was scanned at the depot. Refund requested through the portal.',
    action(
      'start_refund',
      { return_id: 'ret_2177', amount: '39.90 GBP' },
      { refund_id: 'rf_8711', state: 'started' },
    ),
    'AI: Refund rf_8711 of £39.90 has been started. It reaches the card within five working days.',
    mark('closed_resolved_by_api', { after: 1 }),
  ),
];
