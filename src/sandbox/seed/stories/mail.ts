import { line, mark, type Story, story } from '../story.ts';

const quoted = (who: string, lines: readonly string[]) =>
  `<div class="gmail_quote"><div>On Monday ${who} wrote:</div><blockquote style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">${lines
    .map((line) => `<p>${line}</p>`)
    .join('')}</blockquote></div>`;

const signature = (name: string, line: string) =>
  `<table cellpadding="0" style="font-family:Arial;color:#555"><tr><td><b>${name}</b><br>${line}<br><a href="https://www.example.com">www.example.com</a></td></tr></table>`;

/** HTML mail with signatures and quoted replies. */
export const mail: readonly Story[] = [
  story(
    {
      channel: 'email',
      who: 'Sofia Almeida',
      began: 1320,
      sentiment: 'neutral',
      team: 'Deliveries',
      assignee: '12',
      handoff: 'Sofia wants to move her delivery of 60 camp chairs from the 3rd to the 10th because the hall is closed.',
      ticketing: ['zendesk_v2', '90331', 'ticket_id'],
      customData: { order_id: 'ord_10512', items: 60 },
    },
    `Customer: <html><head><style>p{margin:0 0 1em}</style></head><body><p>Hello,</p><p>we ordered <b>60 camp chairs</b> (ord_10512) for delivery on the 3rd. Our hall is closed that week because of the <i>floor</i>. Could you deliver on the <u>10th</u> instead?</p><p>Best wishes<br>Sofia</p>${signature('Sofia Almeida', 'Village hall committee')}</body></html>`,
    'AI: <p>Hello Sofia,</p><p>thank you for telling us in good time. Moving a pallet delivery is arranged by a colleague; I have passed on the new date.</p>',
    'Handoff: Pallet of 60 chairs: new date wanted, the 10th.',
    `Maud Lindqvist: <p>Dear Sofia,</p><p>the 10th works. The lorry needs <b>three metres of width</b> to turn: is there room in front of the hall?</p><p>Maud</p>${quoted('Sofia Almeida', ['Could you deliver on the 10th instead?'])}`,
    `Customer: <html><body><p>There is, if the caretaker moves his van &#128512; &mdash; he will.</p><p>Please ring me 30 min before: <a href="tel:+15550190">my mobile</a>.</p>${quoted('Maud Lindqvist', ['The lorry needs three metres of width to turn: is there room in front of the hall?', 'Maud'])}</body></html>`,
  ),
  story(
    {
      channel: 'email',
      who: 'Elena Morozko',
      began: 8100,
      sentiment: 'happy',
      handoff: 'Partner asks for the new price list and a sample of the winter stove.',
      customData: { partner: 'Northern Guides' },
    },
    `Customer: <div dir="ltr"><p>Hi team,</p><ul><li>could we have the price list for next season?</li><li>and one sample of the winter stove?</li></ul><p>Elena</p></div>${signature('Elena Morozko', 'Northern Guides')}`,
    'AI: <p>Hi Elena,</p><p>both come from our partner desk. They will answer within a day.</p>',
    'Handoff: Price list and a sample for a partner.',
    line('Idris Moreau: <p>Hi Elena,</p><p>list attached, stove in the post.</p><p>Idris</p>', {
      attachments: [
        {
          name: 'prices-next-season.csv',
          type: 'text/csv',
          content: 'item,price_gbp\nEmber stove,79.00\nEmber winter stove,109.00\nRidgeline 2 tent,189.00\nRidgeline 3 tent,239.00\n',
        },
      ],
    }),
    line(`Customer: <div dir="ltr"><p>Both received, thanks a lot!</p></div>${quoted('Idris Moreau', ['list attached, stove in the post.'])}`, { after: 2800 }),
    mark('closed_resolved_by_agent', { sender: { type: 'agent', name: 'Idris Moreau' } }),
  ),
  story(
    { channel: 'email', who: 'Piet Vandersloot', began: 720 },
    'Customer: <html><body><div>Good evening,</div><div><br></div><div>Is the <span style="font-size:14pt;color:#c00">Ridgeline 3</span> tent tall enough to stand in? I am 1.92 m.</div><div><br></div><div>--<br>Sent from my pocket telephone</div></body></html>',
    'AI: <p>Good evening Piet,</p><p>almost: it is <b>1.85 m</b> in the middle. The Ridgeline 4 has 2.05 m.</p>',
    'Customer: <html><body><div>Then the 4. Does the footprint of the 3 fit under it?</div></body></html>',
  ),
  story(
    { channel: 'email', who: 'newsletter robot', began: 2950 },
    'Customer: <html><body><center><table width="600"><tr><td><h1>BOOST YOUR SHOP!!!</h1><p>Ten thousand visitors for nothing. <a href="https://offers.example.net/click">Click here</a></p></td></tr></table><img src="https://offers.example.net/pixel.gif" width="1" height="1"></center></body></html>',
    mark('closed_unresolved_by_system', { after: 2 }),
  ),
  story(
    { channel: 'email', who: 'Hannah Brightwell', began: 27_500, sentiment: 'happy', customData: { order_id: 'ord_09120' } },
    'Customer: <p>Hi, could you tell me how to wash the down jacket? The label is gone.</p><p>Hannah</p>',
    'AI: <p>Hi Hannah,</p><ol><li>30 degrees, with down detergent,</li><li>rinse twice,</li><li>tumble dry low with two tennis balls until it is fluffy.</li></ol>',
    'Customer: <p>Tennis balls! It worked, thank you.</p>',
    mark('ai_decided_to_resolve_the_issue', { sender: { type: 'ai' }, after: 30 }),
  ),
];
