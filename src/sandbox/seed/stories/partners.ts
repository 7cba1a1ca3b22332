import { action, hosted, line, mark, type Story, story } from '../story.ts';

/** Partners in shared Slack channels, and systems that use the API. */
export const partners: readonly Story[] = [
  story(
    { channel: 'slack', who: 'Marcus Vale', began: 340, assist: true, team: 'Payments', customData: { partner: 'Vale & Daughters', thread: 'orders' } },
    "Customer: Morning all. Which of last month's orders are still unpaid on our side?",
    action('list_invoices', { partner: 'Vale & Daughters' }, { unpaid: ['inv_30081', 'inv_30096'], total: '412.30 GBP' }),
    'AI: Two: inv_30081 and inv_30096, together £412.30. Both are due on Friday.',
    'Customer: thx. we pay both today',
    'Note by Nora Whitfield: They said the same last month, please watch for the money.',
  ),
  story(
    { channel: 'slack', who: 'Elena Morozko', began: 9700, assist: true, customData: { partner: 'Northern Guides' } },
    'Customer: Is there a way to export all tracks of a guide for one season?',
    'AI: Yes: Fleet, Guide, Export. It takes up to a year at once and gives one file per tour.',
    line('Piotr Halden: And there is an API for it, if you would rather have it every night. I can send you the page.', { after: 20 }),
    'Customer: oh nice, yes the page please',
    'Piotr Halden: Sent to your inbox.',
    mark('closed_resolved_by_agent', { sender: { type: 'agent', name: 'Piotr Halden' } }),
  ),
  story(
    { channel: 'slack', who: 'Henrik Solberg', began: 15_600, sentiment: 'neutral', customData: { company: 'Fjordbua Rental', wanted: 'tents in white' } },
    'Customer: Would you make the Ridgeline in white for us? 200 pieces.',
    'AI: We have no white cloth this year. From 500 pieces on our makers would dye it.',
    'Customer: Too many for us. Pity.',
    mark('closed_unresolved_by_contact', { sender: { type: 'contact' }, after: 30 }),
  ),
  story(
    {
      channel: 'api',
      who: 'Yara Costa',
      began: 39,
      customData: { form: 'contact page', page: '/trackers', order_id: 'ord_10566', vip: false },
      language: null,
    },
    'Customer: Message from the contact form: "Which tracker do you advise for a dog that swims? Yara Costa"',
    'AI: The Trail 2 is watertight to ten metres. With the rubber collar clip it stays on a swimming dog.',
  ),
  story(
    { channel: 'api', began: 12_900, customData: { monitor: 'checkout', region: 'eu', failed_checks: 3, fixed: true }, language: null },
    'Customer: Monitor "checkout" failed three times in the region eu.',
    line('Piotr Halden: Certificate of the payment page had expired; renewed.', { after: 22 }),
    mark('closed_resolved_by_api', { after: 5 }),
  ),
  story(
    { channel: 'api', who: 'Jonas Reiter', began: 34_000, language: 'de', customData: { order_id: 'ord_08871', source: 'order form', gift: true } },
    'Customer: Bestellformular: „Bitte als Geschenk einpacken und keine Rechnung beilegen.“',
    'AI: Wird als Geschenk verpackt, die Rechnung kommt per E-Mail.',
    mark('ai_decided_to_resolve_the_issue', { sender: { type: 'ai' }, after: 2 }),
  ),
  story(
    { channel: 'web', who: 'Beatrix Lowe', began: 410, sentiment: 'happy', customData: { page: '/jobs' } },
    'Customer: Are you looking for people in the Shrewsbury shop? My daughter would like a Saturday job.',
    'AI: We are! She can hand in a letter at the till or write to jobs@example.com. From 16 years on.',
    'Customer: She will be delighted, thank you.',
    mark('ai_decided_to_resolve_the_issue', { sender: { type: 'ai' }, after: 6 }),
  ),
  story(
    { channel: 'instagram', who: 'Rosa Quill', began: 3900, sentiment: 'happy' },
    line("Customer: your tent survived the storm, the neighbours' did not 😎", { attachments: [hosted('storm.jpg', 'image/jpeg', 733120)] }),
    'AI: What a picture! We are glad that you are dry. May we show it, with your name?',
    'Customer: sure!',
    mark('ai_assumed_the_session_resolved', { sender: { type: 'ai' }, after: 60 }),
  ),
  story(
    { channel: 'messenger', who: 'Zoe Lantern', began: 5200, sentiment: 'neutral' },
    'Customer: is the winter sale for real or do you raise the prices before',
    'AI: For real: every page shows the lowest price of the last 30 days beside the new one.',
    'Customer: fair enough, respect',
    mark('ai_decided_to_resolve_the_issue', { sender: { type: 'ai' }, after: 8 }),
  ),
];
