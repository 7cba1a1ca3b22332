import { action, agent, ai, customer, handedOff, mark, note, type Story } from './story.ts';

const tentSummary =
  'Amelia returned the Ridgeline 2 tent of order ord_10482 nineteen days ago; the warehouse booked it in as received, but no refund was started. She was promised the money twice. She asks for 189.00 GBP back on her card and a date.';

/** Money that should come back. */
export const refunds: readonly Story[] = [
  {
    channel: 'web',
    who: 'Amelia Hart',
    began: 142,
    sentiment: 'angry',
    handoff: { summary: tentSummary, sentiment: 'angry' },
    language: 'en',
    team: 'Payments',
    customData: { order_id: 'ord_10482', order_total: 189, currency: 'GBP', return_received: true },
    steps: [
      customer(
        'Hello. I sent back the Ridgeline 2 tent from order ord_10482 nearly three weeks ago and I still have no refund. Could you please tell me where it is?',
      ),
      ai('Hello Amelia, I am sorry about the wait. Let me look at the order and the return first.'),
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
      ai(
        'Your tent reached our warehouse 15 days ago and was checked in as new. I can see that the refund of £189.00 has not been started yet, although it should have been within five days.',
      ),
      customer(
        'So it has been sitting there for two weeks. I was told "within 48 hours" by e-mail, twice. I have been a customer since 2021 and I do not expect to have to chase my own money.',
      ),
      ai(
        'That is fair, and I cannot start a refund of this size myself. I am passing this to a colleague in Payments, with everything you have told me, so that you do not have to repeat it.',
      ),
      handedOff(tentSummary),
      mark('agent_joined', { sender: { type: 'agent', name: 'Nora Whitfield' } }),
      agent(
        'Nora Whitfield',
        'Hello Amelia, Nora from Payments here. I have read all of it, and I am sorry. I am asking the warehouse why the return did not release the refund.',
      ),
      note(
        'Nora Whitfield',
        'ret_2291 stuck in "inspection done, refund pending": same fault as last Friday.',
      ),
      customer(
        'Thank you, Nora. I do appreciate that it is not your doing. But please do not just look into it again.',
        { after: 6 },
      ),
      customer(
        'Can you confirm today that the £189.00 goes back to my card, and on which date? If not, I would like to know whom I should complain to.',
        { after: 9 },
      ),
    ],
  },
];
