import { action, line, mark, type Story, story } from '../story.ts';

/** Charges, invoices and the yearly club fee. */
export const billing: readonly Story[] = [
  story(
    {
      channel: 'email',
      who: 'Tomasz Wielki',
      began: 400,
      sentiment: 'angry',
      handoff:
        'Tomasz was charged twice for the club: 49.00 GBP on the 1st and on the 2nd. He asks for a refund of one and for written confirmation.',
      handoffSentiment: 'angry',
      team: 'Payments',
      assignee: '7',
      ticketing: ['intercom', '215470009812', 'conversation_id'],
      customData: { charge_ids: 'ch_5512, ch_5513', amount: 49, duplicate: true },
    },
    line(
      'Customer: Hello,\n\nYou took the membership fee twice, on the 1st and again on the 2nd. Please refund one of them and confirm in writing that next year it is charged once.\n\nTomasz Wielki',
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
    'AI: Dear Tomasz, I see both charges. A colleague in Payments has to approve paying one of them back; I have passed on your statement.',
    'Handoff: Duplicate club fee ch_5512 and ch_5513; customer asks for a refund and a written confirmation.',
    'Customer: It has been some hours. May I have a reply today, please? This is the second year in a row.',
  ),
  story(
    {
      channel: 'web',
      who: 'Marcus Vale',
      began: 88,
      customData: { company: 'Vale & Daughters', vat: 'GB000000000' },
    },
    'Customer: I need an invoice with our VAT number on it, order ord_10528',
    'AI: Happy to help. Which company name and VAT number should it show?',
    'Customer: Vale & Daughters Ltd, GB000000000',
    action(
      'reissue_invoice',
      { order_id: 'ord_10528', company: 'Vale & Daughters Ltd' },
      { invoice: 'inv_30117' },
    ),
    line('AI: Here is invoice inv_30117 with both on it.', {
      attachments: [
        {
          name: 'inv_30117.txt',
          type: 'text/plain',
          content:
            'Invoice inv_30117\nVale & Daughters Ltd, VAT GB000000000\n2 x Hollow pot set    58.00 GBP\nVAT 20%              11.60 GBP\nTotal                69.60 GBP\n',
        },
      ],
    }),
    'Customer: Quick! Could you also do that for the two orders before it?',
  ),
  story(
    { channel: 'web', who: 'Lucia Ferro', began: 4000, sentiment: 'neutral' },
    'Customer: Please cancel my club membership before it renews',
    action('get_membership', {}, { plan: 'club', renews_in_days: 6 }),
    'AI: It renews in six days. If you cancel now you keep the benefits until then. Shall I go ahead?',
    'Customer: Yes',
    action('cancel_membership', {}, { cancelled: true, ends_in_days: 6 }),
    'AI: Done. Nothing will be charged again, and a confirmation is in your inbox.',
    mark('ai_decided_to_resolve_the_issue', { sender: { type: 'ai' }, after: 4 }),
    mark('csat_requested', { after: 1 }),
    mark('csat_submitted', { sender: { type: 'contact' }, context: { score: 4 }, after: 12 }),
  ),
  story(
    { channel: 'sms', who: 'Wanda Frost', began: 610 },
    'Customer: why is there a 1.00 charge from you on my card',
    'AI: That is only a check that the card works. It is never taken and disappears within a few days.',
    'Customer: ok',
    mark('ai_assumed_the_session_resolved', { sender: { type: 'ai' }, after: 60 }),
  ),
  story(
    {
      channel: 'web_voice',
      who: 'Leila Sabry',
      began: 1150,
      sentiment: 'neutral',
      handoff:
        'Voucher code from a birthday card is refused at checkout: "already used". Leila has not used it.',
      team: 'Payments',
      customData: { voucher: 'BDAY-77-PINE', basket_total: 83.2 },
    },
    'AI: Hello, you are speaking with Juniper. What can I do for you?',
    'Customer: Hi, I am in the checkout and it says my voucher was used already. I got it for my birthday.',
    'AI: Happy birthday. Please read the code out to me.',
    'Customer: B D A Y, dash, seventy-seven, dash, P I N E.',
    action(
      'check_voucher',
      { code: 'BDAY-77-PINE' },
      { value: '25.00 GBP', used: true, used_on: 'ord_10466' },
    ),
    'AI: It was used on another order two weeks ago. I will have a person look at it, since I must not say whose order that was.',
    'Handoff: Voucher used on ord_10466, which is not hers; could be a double print.',
    line(
      'Nora Whitfield: Hello, Nora speaking. I will check the print run. May I call you back this afternoon?',
      { after: 0.8 },
    ),
    'Customer: Yes, after three, please.',
  ),
  story(
    {
      channel: 'email',
      who: 'Henrik Solberg',
      began: 20_400,
      sentiment: 'neutral',
      team: 'Payments',
      handoff: 'Henrik asks to pay a business order by bank transfer with 30 days.',
      customData: { company: 'Fjordbua Rental', credit_limit: 5000 },
    },
    'Customer: Good day,\n\nwe rent out tents and would like to pay by transfer, 30 days net. Is that possible?\n\nHenrik Solberg\nFjordbua Rental',
    'AI: Good day Henrik, this is decided by our Payments team; I have forwarded your request.',
    'Handoff: Business customer asks for payment terms of 30 days.',
    'Note by Nora Whitfield: Checked: limit 5,000 GBP is fine.',
    'Nora Whitfield: Good day Henrik, agreed: 30 days, up to £5,000 open at a time. It is active in your account now.',
    'Customer: Excellent, thank you for the quick decision.',
    mark('closed_resolved_by_agent', { sender: { type: 'agent', name: 'Nora Whitfield' } }),
  ),
];
