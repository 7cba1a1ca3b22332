import { action, agent, ai, customer, handedOff, mark, note, type Story } from '../story.ts';

/** Parcels: late, lost, in pieces, at the neighbour's. */
export const deliveries: readonly Story[] = [
  {
    channel: 'web',
    who: 'Oliver Penrose',
    began: 24,
    language: 'en',
    customData: { order_id: 'ord_10561', carrier: 'Northway' },
    steps: [
      customer('Morning. Tracking has said "out for delivery" since yesterday 7am. Is my parcel lost?'),
      ai('Good morning Oliver. One moment, I am asking the carrier.'),
      action(
        'track_parcel',
        { tracking: 'NW-5520-7713' },
        { last_scan: 'Bristol depot', scanned_hours_ago: 3, note: 'van broke down, reloaded today' },
      ),
      ai(
        'It is not lost: the van broke down yesterday and your parcel was loaded again in Bristol three hours ago. It should be with you by 6 pm today.',
      ),
      customer('Good to know. Can the driver leave it with number 14 if I am out?'),
      ai(
        'I have passed that to the carrier: number 14 if nobody answers. You will get a photo when it is handed over.',
      ),
    ],
  },
  {
    channel: 'email',
    who: 'Ingrid Falk',
    began: 1900,
    handoff: {
      summary:
        'Two of three boxes of order ord_10498 arrived. The carrier shows the third as delivered to an address in another town.',
      sentiment: 'neutral',
    },
    sentiment: 'neutral',
    language: 'en',
    team: 'Deliveries',
    assignee: '12',
    ticketing: ['freshdesk', '55102', 'ticket_id'],
    customData: { order_id: 'ord_10498', boxes: 3, boxes_received: 2 },
    steps: [
      customer(
        'Dear support,\n\nOnly two of the three boxes came on Thursday. The roof rack is missing. Your tracking page says "delivered to recipient" for all of them.\n\nKind regards\nIngrid Falk',
        {
          attachments: [
            {
              name: 'two-boxes.jpg',
              type: 'image/jpeg',
              url: 'https://files.example.com/juniper/two-boxes.jpg',
              size: 284113,
            },
          ],
        },
      ),
      ai(
        'Dear Ingrid, thank you for the photo. I am checking each box with the carrier and will write again shortly.',
      ),
      action(
        'track_parcel',
        { tracking: 'NW-5519-0042' },
        { state: 'delivered', place: 'Harrogate', expected_place: 'York' },
      ),
      handedOff('Third box was delivered in Harrogate instead of York; someone has to call the depot.'),
      agent(
        'Maud Lindqvist',
        'Dear Ingrid,\n\nThe third box went to Harrogate by mistake. The depot is collecting it today and I have asked for delivery to you on Saturday morning. Would that suit you?\n\nMaud, Deliveries',
      ),
      customer('Saturday morning is fine, before eleven if possible. Thank you.'),
    ],
  },
  {
    channel: 'sms',
    who: 'Kit Marlowe',
    began: 95,
    language: 'en',
    steps: [
      customer('parcel left in the rain on my step. box is soup. order 10533'),
      ai('Sorry about that! Is what was inside damaged as well?'),
      customer('sleeping bag feels damp. tag says keep dry lol'),
      ai('Please reply with YES and I will send a new one today; you need not return the wet one.'),
      customer('YES'),
      action('create_replacement', { order_id: 'ord_10533' }, { replacement: 'ord_10575', ships: 'today' }),
      ai(
        'Done: the new sleeping bag is order ord_10575 and ships today. We asked for delivery by hand this time.',
      ),
    ],
  },
  {
    channel: 'instagram',
    who: 'Zoe Lantern',
    began: 310,
    language: 'en',
    sentiment: 'happy',
    status: 'closed_resolved',
    aiClosure: 'assumed_resolved',
    steps: [
      customer('do you deliver to the isle of skye?? asking for a wedding present ⛺'),
      ai('We do! Skye takes 2 to 4 working days and costs £6.50; over £80 it is free.'),
      customer('omg amazing ty'),
      mark('ai_assumed_the_session_resolved', { sender: { type: 'ai' }, after: 60 }),
    ],
  },
  {
    channel: 'web',
    who: 'Samir Kohl',
    began: 3300,
    status: 'closed_resolved',
    language: 'en',
    sentiment: 'neutral',
    customData: { order_id: 'ord_10441', address_changed: true },
    steps: [
      customer('I typed the wrong house number: 41 instead of 14. Order ord_10441, not shipped yet I hope'),
      action('get_order', { order_id: 'ord_10441' }, { state: 'packed', can_change_address: true }),
      ai('It is packed but not collected yet, so there is still time. Shall I change it to 14 Hazel Row?'),
      customer('Yes, 14 Hazel Row please'),
      action('change_address', { order_id: 'ord_10441', line: '14 Hazel Row' }, { done: true }),
      ai('Changed. You will get a new confirmation by e-mail in a minute.'),
      mark('closed_resolved_by_contact', { sender: { type: 'contact' }, after: 5 }),
    ],
  },
  {
    channel: 'whatsapp',
    who: 'Yara Costa',
    began: 770,
    language: 'en',
    handoff: {
      summary: 'Carrier asks Yara for 38 EUR import duty on order ord_10509, which our shop promises to pay.',
      sentiment: 'angry',
    },
    sentiment: 'angry',
    team: 'Deliveries',
    customData: { order_id: 'ord_10509', country: 'PT', duty_eur: 38 },
    steps: [
      customer('The courier wants 38 euros from me at the door!!! Your site says "no duties, ever"'),
      ai('That should not happen, Yara. Could you send me a photo of the notice they left?'),
      customer('here', {
        attachments: [
          {
            name: 'notice.pdf',
            type: 'application/pdf',
            url: 'https://files.example.com/juniper/notice-38.pdf',
            size: 90412,
          },
        ],
      }),
      ai(
        'Thank you. It looks as if the parcel was booked without our customs number. A colleague will sort it out with the carrier.',
      ),
      handedOff('Carrier charges duty although we ship duty paid; notice attached by the customer.'),
      customer('Please hurry, they send it back after five days.', { after: 30 }),
    ],
  },
  {
    channel: 'web',
    began: 7200,
    status: 'closed_resolved',
    aiClosure: 'assumed_resolved',
    language: 'en',
    steps: [
      customer('how long does delivery take'),
      ai(
        'Standard delivery takes 2 to 3 working days, next-day delivery is possible for orders before 4 pm.',
      ),
      mark('ai_assumed_the_session_resolved', { sender: { type: 'ai' }, after: 60 }),
    ],
  },
  {
    channel: 'email',
    who: 'Victor Ashby',
    began: 10_300,
    status: 'closed_resolved',
    sentiment: 'happy',
    language: 'en',
    team: 'Deliveries',
    handoff: {
      summary: 'Order for a school trip must arrive before Friday; the customer asks for a guarantee.',
    },
    customData: { order_id: 'ord_10296', items: 24, deadline: 'Friday' },
    steps: [
      customer(
        'Hello,\n\nWe ordered 24 head torches (ord_10296) for a school trip that leaves on Friday at noon. The estimate says "Thursday or Friday". Can someone promise me Thursday?\n\nVictor Ashby',
      ),
      ai('Hello Victor, I cannot promise a day myself, so I am asking a colleague who can.'),
      handedOff('24 head torches for a school trip on Friday; needs a firm answer about Thursday.'),
      note('Maud Lindqvist', 'Upgraded to next-day at our cost, booked for Thursday before 10.'),
      agent(
        'Maud Lindqvist',
        'Hello Victor, I moved it to our morning service: Thursday before ten. Have a good trip!',
      ),
      customer('They came at 9:20. You saved the day, thank you!', { after: 1500 }),
      mark('closed_resolved_by_agent', { sender: { type: 'agent', name: 'Maud Lindqvist' } }),
    ],
  },
];
