import { action, agent, ai, customer, handedOff, mark, note, type Story } from '../story.ts';

/** The Trail tracker and its app. */
export const devices: readonly Story[] = [
  {
    channel: 'web',
    who: 'Jonas Reiter',
    began: 75,
    sentiment: 'angry',
    language: 'en',
    team: 'Devices',
    handoff: {
      summary:
        'Trail 2 tracker restarts every ten minutes since firmware 4.2; Jonas leaves for a tour tomorrow at six.',
      sentiment: 'angry',
    },
    customData: { device: 'Trail 2', serial: 'TR2-00841', firmware: '4.2.0' },
    steps: [
      customer(
        'Since the update last night my Trail 2 reboots every ten minutes. I leave for the Alps tomorrow at 6!',
      ),
      ai('That is bad timing, Jonas. Let me look at what your tracker reported.'),
      action(
        'get_device',
        { serial: 'TR2-00841' },
        { firmware: '4.2.0', restarts_last_day: 61, battery: 'good' },
      ),
      ai(
        'It restarted 61 times since the update. Please hold the side button for 20 seconds, then start it without the app.',
      ),
      customer('Did that twice. Still reboots.'),
      ai(
        'Then it needs the older firmware, which only our Devices team can send to it. I am handing you over.',
      ),
      handedOff('Restart loop on firmware 4.2.0, reset did not help; needs a rollback to 4.1.7 today.'),
      customer('Please, before tonight. I am alone up there and rely on it.', { after: 11 }),
    ],
  },
  {
    channel: 'web_voice',
    who: 'Mei Tanaka',
    began: 2500,
    status: 'closed_resolved',
    aiClosure: 'resolved',
    sentiment: 'happy',
    language: 'en',
    customData: { device: 'Trail 1', serial: 'TR1-22019' },
    steps: [
      ai('Hello, Juniper here. What can I help you with?'),
      customer('The tracker does not charge any more. The light stays off.'),
      ai('Is it the Trail with the round plug, or the one with the flat one?'),
      customer('Round. Wait, there is sand in it.'),
      ai('That is often it. Take a dry toothbrush, no water, and try again. I will wait.'),
      customer('One moment. Oh! It is orange now.'),
      ai('Orange means that it charges. Give it two hours for the first time.'),
      customer('Wonderful. Thank you.'),
      mark('ai_decided_to_resolve_the_issue', { sender: { type: 'ai' }, after: 0.2 }),
    ],
  },
  {
    channel: 'email',
    who: 'Camille Duval',
    began: 3100,
    language: 'en',
    team: 'Devices',
    assignee: '15',
    assist: true,
    handoff: { summary: 'App shows tracks shifted by about 300 metres on one phone only.' },
    ticketing: ['hubspot', '7781200345', 'ticket_id'],
    customData: { device: 'Trail 2', app: '6.0.3', phone: 'Fictiphone 9' },
    steps: [
      customer(
        "Hello,\n\nMy tracks are drawn about 300 m to the east, always. On my sister's phone the same track is right. Log attached.\n\nCamille",
        {
          attachments: [
            {
              name: 'app.log',
              type: 'text/plain',
              content: 'app 6.0.3 start\nmap datum: custom (-304 m E)\ntrack 88 loaded, 1204 points\n',
            },
          ],
        },
      ),
      ai('Hello Camille, thank you for the log. Our Devices team reads it and writes back.'),
      handedOff('Log shows a custom map datum of -304 m.'),
      note('Piotr Halden', 'Custom datum is set. Probably tapped by accident in the expert menu.'),
      agent(
        'Piotr Halden',
        'Hello Camille, please open Map, Expert, Datum and choose "standard". Somebody must have tapped "custom".',
      ),
    ],
  },
  {
    channel: 'slack',
    who: 'Elena Morozko',
    began: 580,
    language: 'en',
    assist: true,
    customData: { partner: 'Northern Guides', seats: 40 },
    steps: [
      customer('hey, our 40 trackers show as "unassigned" in the fleet view since this morning'),
      ai('Hi Elena. Is it all 40, and do they still send positions?'),
      customer('all 40, positions are coming in, just no names'),
      action(
        'get_fleet',
        { partner: 'Northern Guides' },
        { devices: 40, assigned: 0, last_change: 'name import failed' },
      ),
      ai(
        'The nightly name import failed, so the list is empty. Nothing is lost: I can run it again from yesterday. Shall I?',
      ),
      customer('yes pls'),
      action('rerun_import', { partner: 'Northern Guides' }, { assigned: 40 }),
      ai('All 40 have their names again.'),
      customer('👍 can you find out why it failed?'),
    ],
  },
  {
    channel: 'instagram',
    who: 'Lars Fennick',
    began: 1100,
    status: 'closed_resolved',
    aiClosure: 'assumed_resolved',
    language: 'en',
    steps: [
      customer('does the trail 2 work without phone signal?'),
      ai('Yes. It stores up to 90 hours by itself and sends positions by satellite if you have the plan.'),
      customer('sick'),
      mark('ai_assumed_the_session_resolved', { sender: { type: 'ai' }, after: 60 }),
    ],
  },
  {
    channel: 'phone_voice',
    who: 'Fatima Zahran',
    began: 66,
    sentiment: 'neutral',
    language: 'en',
    team: 'Devices',
    handoff: {
      summary:
        'SOS button was pressed by a child; the rescue service was told. Fatima wants to be sure that it is cancelled.',
    },
    customData: { device: 'Trail 2', serial: 'TR2-01907', sos: 'cancelled' },
    steps: [
      ai('Juniper and Pike, good morning. How can I help?'),
      customer('My daughter pressed the SOS button on the tracker. Nothing happened to us! Can you stop it?'),
      action('get_device', { serial: 'TR2-01907' }, { sos: 'active', minutes: 4 }),
      ai(
        'I see the alarm, four minutes old. I am connecting you to the desk that may cancel it. Please stay on the line.',
      ),
      handedOff('Active SOS by mistake; must be cancelled by a person.'),
      agent('Piotr Halden', 'Piotr speaking. Are all of you safe, and is nobody hurt?'),
      customer('All safe. We are at home in the kitchen.'),
      agent(
        'Piotr Halden',
        'Then I cancel it now. It is done. You may get one call from the rescue service; please answer it.',
      ),
      customer('Of course. I am so sorry. Could you send me a note that it was really cancelled?'),
    ],
  },
  {
    channel: 'api',
    who: 'Agnes Bell',
    began: 5000,
    status: 'closed_unresolved',
    language: 'en',
    customData: { device: 'Trail 1', serial: 'TR1-10044', alert: 'battery below 5 %' },
    steps: [
      customer('Automatic report: battery below 5 % for three days, device TR1-10044.'),
      ai('A reminder to charge the tracker was sent to its owner.'),
      mark('closed_unresolved_by_system', { after: 1440 }),
    ],
  },
];
