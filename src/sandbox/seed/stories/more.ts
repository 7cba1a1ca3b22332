import type { Person } from '../people.ts';
import { agent, ai, customer, handedOff, mark, type Story } from '../story.ts';

/** What a made-up conversation is about; `{order}` and `{thing}` are filled in. */
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
const first = ['Ada', 'Ben', 'Cleo', 'Dora', 'Emil', 'Fay', 'Gus', 'Hope', 'Ivo', 'June', 'Kai', 'Lou'];
const last = [
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

/** Minutes before now that the newest of them began: before the oldest of the stories. */
const newest = 26 * 24 * 60;
/** Minutes between two of them on average. */
const apart = 7;

/**
 * As many conversations as asked for, oldest first, each with the person that is new in it. About a third are of
 * newcomers; the others are of somebody who wrote before.
 */
export function* moreStories(
  count: number,
  random: () => number,
): Generator<{ story: Story; newcomer?: Person }> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let known = 0;
  for (let index = 0; index < count; index++) {
    const isNew = known === 0 || random() < 0.3;
    const number = isNew ? known++ : Math.floor(random() * known);
    const newcomer = isNew ? somebody(number, random) : undefined;
    const began = newest + (count - 1 - index + random()) * apart;
    const order = `ord_${20_000 + index}`;
    const story = conversation(pick(topics), order, pick(things), random);
    yield {
      story: { ...story, channel: pick(channels), who: nameOf(number), began },
      ...(newcomer && { newcomer }),
    };
  }
}

function nameOf(number: number): string {
  return `${first[number % first.length]} ${last[Math.floor(number / first.length) % last.length]} ${number}`;
}

function somebody(number: number, random: () => number): Person {
  const name = nameOf(number);
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.com`;
  return random() < 0.6 ? { name, verified: { email } } : { name, claimed: { name, email } };
}

function conversation(
  topic: Topic,
  order: string,
  thing: string,
  random: () => number,
): Omit<Story, 'channel' | 'who' | 'began'> {
  const filled = (text: string) => text.replace('{order}', order).replace('{thing}', thing);
  const asked = topic.asked[Math.floor(random() * topic.asked.length)] ?? '';
  const opening = [customer(filled(asked)), ai(filled(topic.answered))];
  const common = { language: 'en', customData: { order_id: order } };
  if (random() < 0.2) {
    const summary = filled(`The customer asks about the ${thing} of {order} and wants to talk to a person.`);
    const closed = random() < 0.9;
    return {
      ...common,
      steps: [
        ...opening,
        customer('I would rather talk to a person about this.'),
        handedOff(summary),
        mark('agent_joined', { sender: { type: 'agent', name: colleague } }),
        agent(colleague, filled(topic.solved)),
        ...(closed ? [customer('Thank you.'), mark('closed_resolved_by_agent')] : []),
      ],
      team: topic.team,
      handoff: { summary },
      status: closed ? 'closed_resolved' : 'open',
    };
  }
  if (random() < 0.3) {
    return {
      ...common,
      steps: [...opening, mark('ai_assumed_the_session_resolved')],
      status: 'closed_resolved',
      aiClosure: 'assumed_resolved',
    };
  }
  return {
    ...common,
    steps: [
      ...opening,
      customer('Could you look again, please?'),
      ai(filled(topic.solved)),
      customer('That helps, thank you.'),
      mark('ai_decided_to_resolve_the_issue'),
    ],
    status: 'closed_resolved',
    aiClosure: 'resolved',
    sentiment: 'happy',
  };
}
