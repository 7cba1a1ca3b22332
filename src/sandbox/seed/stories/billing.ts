import { action, agent, ai, customer, handedOff, mark, note, type Story } from '../story.ts';

/** Charges, invoices, the club's yearly fee. */
export const billing: readonly Story[] = [
  {
    channel: 'email',
    who: 'Tomasz Wielki',
    began: 400,
    sentiment: 'angry',
    handoff: {
      summary:
        'Tomasz was charged twice for the club: 49.00 GBP on the 1st and on the 2nd. He asks for a refund of one and for written confirmation.',
      sentiment: 'angry',
    },
    language: 'en',
    team: 'Payments',
    assignee: '7',
    ticketing: ['intercom', '215470009812', 'conversation_id'],
    customData: { charge_ids: 'ch_5512, ch_5513', amount: 49, duplicate: true },
    steps: [
      customer(
        'Hello,\n\nYou took the membership fee twice, on the 1st and again on the 2nd. Please refund one of them and confirm in writing that next year it is charged once.\n\nTomasz Wielki',
        {
          attachments: [
            {
              name: 'statement.csv',
              type: 'text/csv',
              content: 'date,payee,amount\n1,JUNIPER PIKE CLUB,-49.00\n2,JUNIPER PIKE CLUB,-49.00\n',
            },
          ],
        },
      ),
      action(
        'list_charges',
        { customer: 'tomasz.wielki@example.com' },
        { charges: ['ch_5512 49.00 GBP', 'ch_5513 49.00 GBP'] },
      ),
      ai(
        'Dear Tomasz, I see both charges. A colleague in Payments has to approve paying one of them back; I have passed on your statement.',
      ),
      handedOff(
        'Duplicate club fee ch_5512 and ch_5513; customer asks for a refund and a written confirmation.',
      ),
      customer('It has been some hours. May I have a reply today, please? This is the second year in a row.'),
    ],
  },
  {
    channel: 'web',
    who: 'Marcus Vale',
    began: 88,
    language: 'en',
    customData: { company: 'Vale & Daughters', vat: 'GB000000000' },
    steps: [
      customer('I need an invoice with our VAT number on it, order ord_10528'),
      ai('Happy to help. Which company name and VAT number should it show?'),
      customer('Vale & Daughters Ltd, GB000000000'),
      action(
        'reissue_invoice',
        { order_id: 'ord_10528', company: 'Vale & Daughters Ltd' },
        { invoice: 'inv_30117' },
      ),
      ai('Here is invoice inv_30117 with both on it.', {
        attachments: [
          {
            name: 'inv_30117.txt',
            type: 'text/plain',
            content:
              'Invoice inv_30117\nVale & Daughters Ltd, VAT GB000000000\n2 x Hollow pot set    58.00 GBP\nVAT 20%              11.60 GBP\nTotal                69.60 GBP\n',
          },
        ],
      }),
      customer('Quick! Could you also do that for the two orders before it?'),
    ],
  },
  {
    channel: 'web',
    who: 'Lucia Ferro',
    began: 4000,
    status: 'closed_resolved',
    aiClosure: 'resolved',
    sentiment: 'neutral',
    language: 'en',
    steps: [
      customer('Please cancel my club membership before it renews'),
      action('get_membership', {}, { plan: 'club', renews_in_days: 6 }),
      ai('It renews in six days. If you cancel now you keep the benefits until then. Shall I go ahead?'),
      customer('Yes'),
      action('cancel_membership', {}, { cancelled: true, ends_in_days: 6 }),
      ai('Done. Nothing will be charged again, and a confirmation is in your inbox.'),
      mark('ai_decided_to_resolve_the_issue', { sender: { type: 'ai' }, after: 4 }),
      mark('csat_requested', { after: 1 }),
      mark('csat_submitted', { sender: { type: 'contact' }, context: { score: 4 }, after: 12 }),
    ],
  },
  {
    channel: 'sms',
    who: 'Wanda Frost',
    began: 610,
    status: 'closed_resolved',
    aiClosure: 'assumed_resolved',
    language: 'en',
    steps: [
      customer('why is there a 1.00 charge from you on my card'),
      ai('That is only a check that the card works. It is never taken and disappears within a few days.'),
      customer('ok'),
      mark('ai_assumed_the_session_resolved', { sender: { type: 'ai' }, after: 60 }),
    ],
  },
  {
    channel: 'web_voice',
    who: 'Leila Sabry',
    began: 1150,
    language: 'en',
    sentiment: 'neutral',
    handoff: {
      summary:
        'Voucher code from a birthday card is refused at checkout: "already used". Leila has not used it.',
    },
    team: 'Payments',
    customData: { voucher: 'BDAY-77-PINE', basket_total: 83.2 },
    steps: [
      ai('Hello, you are speaking with Juniper. What can I do for you?'),
      customer('Hi, I am in the checkout and it says my voucher was used already. I got it for my birthday.'),
      ai('Happy birthday. Please read the code out to me.'),
      customer('B D A Y, dash, seventy-seven, dash, P I N E.'),
      action(
        'check_voucher',
        { code: 'BDAY-77-PINE' },
        { value: '25.00 GBP', used: true, used_on: 'ord_10466' },
      ),
      ai(
        'It was used on another order two weeks ago. I will have a person look at it, since I must not say whose order that was.',
      ),
      handedOff('Voucher used on ord_10466, which is not hers; could be a double print.'),
      agent(
        'Nora Whitfield',
        'Hello, Nora speaking. I will check the print run. May I call you back this afternoon?',
        { after: 0.8 },
      ),
      customer('Yes, after three, please.'),
    ],
  },
  {
    channel: 'email',
    who: 'Henrik Solberg',
    began: 20_400,
    status: 'closed_resolved',
    sentiment: 'neutral',
    language: 'en',
    team: 'Payments',
    handoff: { summary: 'Henrik asks to pay a business order by bank transfer with 30 days.' },
    customData: { company: 'Fjordbua Rental', credit_limit: 5000 },
    steps: [
      customer(
        'Good day,\n\nwe rent out tents and would like to pay by transfer, 30 days net. Is that possible?\n\nHenrik Solberg\nFjordbua Rental',
      ),
      ai('Good day Henrik, this is decided by our Payments team; I have forwarded your request.'),
      handedOff('Business customer asks for payment terms of 30 days.'),
      note('Nora Whitfield', 'Checked: limit 5,000 GBP is fine.'),
      agent(
        'Nora Whitfield',
        'Good day Henrik, agreed: 30 days, up to £5,000 open at a time. It is active in your account now.',
      ),
      customer('Excellent, thank you for the quick decision.'),
      mark('closed_resolved_by_agent', { sender: { type: 'agent', name: 'Nora Whitfield' } }),
    ],
  },
];
