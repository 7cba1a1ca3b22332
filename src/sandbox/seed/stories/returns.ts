import { action, hosted, line, mark, type Story, story } from '../story.ts';

/** Returns and exchanges. */
export const returns: readonly Story[] = [
  story(
    {
      channel: 'web',
      who: 'Grace Adeyemi',
      began: 47,
      customData: { order_id: 'ord_10540', size_wanted: 'M' },
    },
    'Customer: Hi, the rain jacket is too big. Can I swap L for M?',
    action('check_stock', { item: 'Fellside jacket', size: 'M' }, { in_stock: 3 }),
    'AI: Hi Grace, of course. M is in stock: shall I reserve one and send you a return label for the L?',
    'Customer: Yes please. Do I pay for the postage?',
    action(
      'create_return',
      { order_id: 'ord_10540', reason: 'size' },
      { return_id: 'ret_2304', label: 'sent' },
    ),
    'AI: No, a swap is free both ways. The label for return ret_2304 is in your inbox, and the M ships once the L is scanned.',
  ),
  story(
    { channel: 'whatsapp', who: 'Rosa Quill', began: 1290, sentiment: 'happy' },
    'Customer: where can i drop my return? no printer at home',
    'AI: No printer needed: I can give you a code for the shop counter. Which town are you in?',
    'Customer: Ludlow',
    action('find_drop_off', { town: 'Ludlow' }, { shop: 'Corve Street News', open_until: '20:00' }),
    'AI: Corve Street News, open until 8 pm. Show code JP-4471 at the counter and they print the label for you.',
    'Customer: perfect!!',
    mark('ai_decided_to_resolve_the_issue', { sender: { type: 'ai' }, after: 4 }),
  ),
  story(
    {
      channel: 'email',
      who: 'Beatrix Lowe',
      began: 5600,
      sentiment: 'neutral',
      team: 'Deliveries',
      handoff:
        'Return ret_2188 holds a used item of another brand; the customer was asked and did not answer.',
      customData: { return_id: 'ret_2188', order_id: 'ord_10204' },
    },
    'Customer: I sent my return last week, ret_2188. Please confirm that you have it.',
    'AI: Dear Beatrix, it arrived on Monday and is being checked. You will hear from us within two days.',
    'Handoff: Warehouse reports that the box holds a different, used item.',
    'Idris Moreau: Dear Beatrix,\n\nInside the box we found a walking pole of another make, not the pair you bought from us. Could the boxes have been mixed up at home? We keep it safe for 30 days.\n\nIdris',
    line('Idris Moreau: Dear Beatrix, just a short reminder of my question below.', { after: 4000 }),
    mark('closed_unresolved_by_system', { after: 1400 }),
  ),
  story(
    { channel: 'messenger', who: 'Theo Marchetti', began: 190, sentiment: 'neutral' },
    'Customer: Hello, I got two left gloves. Funny, but cold.',
    'AI: Oh no. That is on us, Theo. Could you send a photo of both labels?',
    line('Customer: sure', { attachments: [hosted('gloves.png', 'image/png', 512004)] }),
    'AI: Thank you! A new pair is on its way. Keep the lonely left ones, or give them to someone with the opposite problem.',
    'Customer: haha ok. is it possible to get them by friday?',
    'AI: They ship today by next-day service, so Thursday at the latest.',
  ),
  story(
    { channel: 'phone_voice', who: 'Agnes Bell', began: 2010, sentiment: 'happy' },
    'AI: Juniper and Pike, this is the automatic assistant. How can I help you?',
    'Customer: Hello dear. I bought a flask for my grandson, and he has one already. Can I bring it back?',
    'AI: Certainly. Do you have the order number, or shall I look for it by your phone number?',
    'Customer: By the phone number, please, I do not have my glasses on.',
    action('find_orders', { by: 'phone number' }, { orders: ['ord_10377'] }),
    'AI: I found it: one green flask, delivered last week. You may return it in our shop in Shrewsbury or by post.',
    'Customer: The shop, then. I go there on market day.',
    'AI: Lovely. I have noted it, so you only need to give your name at the till. Anything else?',
    'Customer: No, that is all. You are very kind for a machine.',
    mark('ai_decided_to_resolve_the_issue', { sender: { type: 'ai' }, after: 0.2 }),
  ),
  story(
    {
      channel: 'api',
      who: 'Patrick Dunmore',
      began: 14_800,
      customData: { order_id: 'ord_09981', return_id: 'ret_2090', kiosk: 'Leeds 2' },
    },
    'Customer: Return dropped at kiosk Leeds 2. Items: 1 x Tarn stove, boxed.',
    'AI: Received. The return is booked as ret_2090; the money follows after the check.',
    mark('closed_resolved_by_api', { after: 2 }),
  ),
];
