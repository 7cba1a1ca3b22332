import { action, line, mark, type Story, story } from '../story.ts';

/** Transcripts of phone and web voice calls. */
export const calls: readonly Story[] = [
  story(
    {
      channel: 'phone_voice',
      who: 'Henrik Solberg',
      began: 18,
      customData: { call_minutes: 3, company: 'Fjordbua Rental' },
    },
    'AI: Juniper and Pike, you are speaking with the assistant. What is your call about?',
    'Customer: Yes, hello, Henrik Solberg. I want to add ten tents to the order from last week.',
    'AI: Good morning. Is that order ord 1-0-5-4-7?',
    'Customer: Ten five four seven, correct.',
    action('get_order', { order_id: 'ord_10547' }, { state: 'waiting for stock', can_be_changed: true }),
    'AI: It has not been packed, so I can add them. Ridgeline 2, in the same green?',
    'Customer: No, the, uh, the grey ones this time.',
    action('check_stock', { item: 'Ridgeline 2, grey' }, { in_stock: 8, more_in_days: 6 }),
    'AI: I have eight grey ones now and more in six days. Eight now and two later, or all together?',
    'Customer: All together. There is no hurry.',
    'AI: Then everything ships in about six days. You will get a new confirmation by email.',
  ),
  story(
    {
      channel: 'phone_voice',
      who: 'caller ending 0142',
      began: 205,
      sentiment: 'angry',
      handoff:
        'Caller waited in line twice and was cut off. Wants to know whether the Leeds shop takes card payments.',
      handoffSentiment: 'angry',
    },
    'AI: Juniper and Pike, you are speaking with the assistant. What is your call about?',
    'Customer: Finally. I have been cut off twice. I want a person.',
    'AI: I am sorry about that. I will look for someone; may I ask what it is about meanwhile?',
    'Customer: Whether your shop in Leeds takes cards, that is all. Is that so hard?',
    'AI: It takes cards and contactless, and it is open until six today. Do you still want me to connect you?',
    'Customer: Yes.',
    'Handoff: Question answered by the assistant, caller still asks for a person.',
    mark('agent_joined', { sender: { type: 'agent', name: 'Idris Moreau' }, after: 1.5 }),
    line(
      'Idris Moreau: Idris speaking, I am sorry that you were cut off. The line had a fault this morning.',
      { after: 0.1 },
    ),
  ),
  story(
    { channel: 'web_voice', began: 640 },
    'AI: Hello, Juniper here. What can I do for you?',
    'Customer: Hello? Hello?',
    'AI: I can hear you well. Can you hear me?',
    'Customer: It says connecting. Never mind.',
    mark('closed_unresolved_by_system', { after: 5 }),
  ),
  story(
    { channel: 'phone_voice', who: 'Camille Duval', began: 6100, sentiment: 'neutral' },
    'AI: Juniper and Pike, you are speaking with the assistant. What is your call about?',
    'Customer: I would like to change the time when you call me back. Tomorrow I am on a train.',
    action('get_callback', {}, { booked: 'tomorrow 10:30' }),
    'AI: You are booked for tomorrow at half past ten. What suits you better?',
    'Customer: The day after, same time.',
    action('move_callback', { to: 'the day after tomorrow 10:30' }, { done: true }),
    'AI: It is moved. Have a good journey.',
    mark('ai_decided_to_resolve_the_issue', { sender: { type: 'ai' }, after: 0.2 }),
  ),
  story(
    { channel: 'web_voice', who: 'Grace Adeyemi', began: 11_400, sentiment: 'happy' },
    'AI: Hello, you are speaking with Juniper. What can I do for you?',
    'Customer: Which of your rucksacks fits under an aeroplane seat?',
    'AI: The Cairn 18 and the Cairn 22. The 22 only if it is not stuffed to the top.',
    'Customer: Nice, the 18 then.',
    mark('ai_assumed_the_session_resolved', { sender: { type: 'ai' }, after: 60 }),
  ),
];
