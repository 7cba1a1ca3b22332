import type { Person } from './people.ts';
import { mark, type Story, story } from './story.ts';

/** What a generated conversation is about. `{order}` and `{thing}` are placeholders. */
interface Topic {
  readonly asked: readonly string[];
  readonly answered: string;
  readonly solved: string;
  readonly team: string;
}

const topics: readonly Topic[] = [
  {
    asked: [
      'Where is my parcel? Order {order} should have been here days ago.',
      'The tracking of {order} has not moved since Monday. Can you look into it?',
    ],
    answered: 'The carrier has {order} at its depot; it goes out for delivery tomorrow before noon.',
    solved: 'The carrier confirmed that your {thing} was delivered this morning.',
    team: 'Deliveries',
  },
  {
    asked: [
      'I sent the {thing} of {order} back and wait for my refund.',
      'How long does a refund for {order} take?',
    ],
    answered: 'The return of {order} has arrived. A refund takes up to five days after that.',
    solved: 'The refund for the {thing} is on its way to your card.',
    team: 'Payments',
  },
  {
    asked: [
      'The zip of my {thing} broke on the first trip. Order {order}.',
      'My {thing} from {order} leaks. Is that covered by the warranty?',
    ],
    answered: 'I am sorry about that. Your {thing} is under warranty; please send us a photo of the damage.',
    solved: 'Thank you for the photo. A new {thing} leaves our warehouse today.',
    team: 'Devices',
  },
  {
    asked: [
      'I cannot log in any more. The mail with the new password never comes.',
      'How do I change the address of my account?',
    ],
    answered: 'I have sent the link again; it may be in the spam folder. It works for one hour.',
    solved: 'Your account is open again.',
    team: 'Accounts',
  },
  {
    asked: [
      'Which {thing} would you take for a week in the rain?',
      'Does the {thing} come in a longer size?',
    ],
    answered: 'The {thing} comes in two sizes, and the longer one is in stock.',
    solved: 'I have put one {thing} aside for you until Friday.',
    team: 'Accounts',
  },
  {
    asked: [
      'The invoice for {order} names the wrong company.',
      'I was charged twice for {order}. Please check the payment.',
    ],
    answered: 'I see both payments for {order}. One of them is only reserved and will lapse.',
    solved: 'The corrected invoice for {order} is in your mailbox.',
    team: 'Payments',
  },
];

const things = [
  'tent',
  'rain jacket',
  'stove',
  'sleeping bag',
  'backpack',
  'headlamp',
  'water filter',
  'rope',
];
const channels = ['web', 'email', 'whatsapp', 'api', 'sms', 'instagram', 'messenger', 'web_voice', 'slack'];
const firstNames = ['Ada', 'Ben', 'Cleo', 'Dora', 'Emil', 'Fay', 'Gus', 'Hope', 'Ivo', 'June', 'Kai', 'Lou'];
const lastNames = [
  'Arden',
  'Birch',
  'Clay',
  'Dale',
  'Elm',
  'Fern',
  'Glade',
  'Heath',
  'Ives',
  'Lake',
  'Moor',
  'Reed',
];
const colleague = 'Nora Whitfield';

/** Minutes before now that the newest one began: 26 days, earlier than any written story. */
const newest = 26 * 24 * 60;
/** Average minutes between two conversations. */
const apart = 7;

/**
 * Generates this many conversations, oldest first. About a third come with a newcomer, who writes for the first time;
 * the others are by people who wrote before.
 */
export function* generateStories(
  count: number,
  random: () => number,
): Generator<{ story: Story; newcomer?: Person }> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let known = 0;
  for (let index = 0; index < count; index++) {
    const isNew = known === 0 || random() < 0.3;
    const number = isNew ? known++ : Math.floor(random() * known);
    const newcomer = isNew ? generatePerson(number, random) : undefined;
    const began = newest + (count - 1 - index + random()) * apart;
    const order = `ord_${20_000 + index}`;
    const { header, transcript } = conversation(pick(topics), order, pick(things), random);
    const customData = { order_id: order };
    yield {
      story: story(
        { channel: pick(channels), who: nameOf(number), began, customData, ...header },
        ...transcript,
      ),
      ...(newcomer && { newcomer }),
    };
  }
}

function nameOf(number: number): string {
  return `${firstNames[number % firstNames.length]} ${lastNames[Math.floor(number / firstNames.length) % lastNames.length]} ${number}`;
}

function generatePerson(number: number, random: () => number): Person {
  const name = nameOf(number);
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.com`;
  return random() < 0.6 ? { name, verified: { email } } : { name, claimed: { name, email } };
}

function conversation(topic: Topic, order: string, thing: string, random: () => number) {
  const fill = (text: string) => text.replace('{order}', order).replace('{thing}', thing);
  const asked = topic.asked[Math.floor(random() * topic.asked.length)] ?? '';
  const opening = [`Customer: ${fill(asked)}`, `AI: ${fill(topic.answered)}`];
  if (random() < 0.2) {
    const handoff = fill('The customer asks about the {thing} of {order} and wants to talk to a person.');
    const closed = random() < 0.9;
    const transcript = [
      ...opening,
      'Customer: I would rather talk to a person about this.',
      `Handoff: ${handoff}`,
      mark('agent_joined', { sender: { type: 'agent', name: colleague } }),
      `${colleague}: ${fill(topic.solved)}`,
      ...(closed ? ['Customer: Thank you.', mark('closed_resolved_by_agent')] : []),
    ];
    return { header: { team: topic.team, handoff }, transcript };
  }
  if (random() < 0.3)
    return { header: {}, transcript: [...opening, mark('ai_assumed_the_session_resolved')] };
  const transcript = [
    ...opening,
    'Customer: Could you look again, please?',
    `AI: ${fill(topic.solved)}`,
    'Customer: That helps, thank you.',
    mark('ai_decided_to_resolve_the_issue'),
  ];
  return { header: { sentiment: 'happy' as const }, transcript };
}
