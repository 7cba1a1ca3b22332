import { action, mark, type Step, type Story, story } from '../story.ts';

/** Rooms whose locks are paired one by one, with the customer's remark and the AI's answer. */
const rooms: readonly (readonly [room: string, remark: string, answer: string])[] = [
  ['Attic 1', 'blinks amber', 'Amber is right, it waits for you.'],
  ['Attic 2', 'same', 'Good.'],
  ['Attic 3', 'took two tries', 'That happens when the door is open; it reads the frame.'],
  ['Bunk room A', 'green at once', 'Lovely.'],
  ['Bunk room B', 'green', 'Good.'],
  ['Bunk room C', 'the cover is loose', 'It works without; I note a new cover for you.'],
  ['Bunk room D', 'no light at all', 'Please turn the battery round, the plus goes to the left.'],
  ['Boot room', 'ok now, same with this one', 'Then the whole box was packed that way round. Sorry.'],
  ['Kitchen', 'green', 'Good.'],
  ['Larder', 'this one beeps', 'One long beep is "saved".'],
  ['Library', 'green', 'Good.'],
  ['Office', 'asks for a code', 'It was set up once before: 0000 clears it.'],
  ['Drying room', 'cleared, green', 'Well done.'],
  ['Cellar', 'no signal down here', 'Pair it upstairs and carry it down afterwards.'],
  ['Bike shed', 'that worked', 'Good to know for the next one.'],
  ['Wood store', 'rain got into it', 'Then leave it out, I send another one.'],
  ['Garden gate', 'amber', 'Wait ten seconds.'],
  ['Front door', 'green', 'That was the important one.'],
  ['Back door', 'green', 'Good.'],
  ['Side door', 'screw missing', 'There are spare ones taped under the lid.'],
  ['Laundry', 'found them, green', 'Good.'],
  ['Room 1', 'green', 'Good.'],
  ['Room 2', 'green', 'Good.'],
  ['Room 3', 'a guest is asleep in there', 'Then later, I keep it open in the list.'],
  ['Room 4', 'green', 'Good.'],
  ['Room 5', 'green, and they like it', 'Glad to hear it.'],
  ['Room 6', 'it says "low battery"', 'The one in the box may be old; any AA will do.'],
  ['Room 7', 'new one in, green', 'Good.'],
  ['Room 8', 'green', 'Good.'],
  ['Room 9', 'amber for long now', 'Close the door once, please.'],
  ['Room 10', 'yes that did it', 'Good.'],
  ['Room 11', 'green', 'Good.'],
  ['Room 12', 'green', 'Good.'],
  ['Warden', 'green, my own', 'Then you have the master key.'],
  ['Annexe 1', 'far from the house, slow', 'The first sync takes a minute out there.'],
  ['Annexe 2', 'green', 'Good.'],
  ['Sauna', 'does it mind the heat?', 'Up to 60 degrees; put it outside of the inner door.'],
  ['Roof hatch', 'the last but one', 'Nearly there.'],
  ['Room 3', 'guest is awake, green', 'All done but the wood store.'],
];

const pairing: readonly (string | Step)[] = rooms.flatMap(([room, remark, answer], index) => [
  `Customer: ${room}: serial LK-${3100 + index}. ${remark}`,
  action('pair_lock', { serial: `LK-${3100 + index}`, name: room }, { paired: remark !== 'rain got into it' }),
  `AI: ${room} is in the list. ${answer}`,
]);

/** A conversation of more than two pages of history. */
export const pairingTalk: readonly Story[] = [
  story(
    {
      channel: 'web',
      who: 'Patrick Dunmore',
      began: 480,
      sentiment: 'happy',
      team: 'Devices',
      handoff: 'Hostel with 38 locks set up in one go; lock LK-3115 (wood store) is wet and needs replacing.',
      customData: { site: 'Dunmore Hostel', locks: 38, broken_lock: 'LK-3115' },
    },
    'Customer: Hello! We bought 38 smart locks for our hostel and I am standing here with the box. Can you take me through it?',
    'AI: Hello Patrick, gladly. Give me the room and the serial number of each lock, and I pair them as you go.',
    ...pairing,
    'Customer: That was the lot. My thumb hurts, but thank you.',
    'AI: Thank you for the patience! I ask a colleague to replace the wet one.',
    'Handoff: Lock LK-3115 needs replacing under warranty; a cover for Bunk room C as well.',
    mark('agent_joined', { sender: { type: 'agent', name: 'Piotr Halden' } }),
    'Piotr Halden: Hello Patrick, what a list! A new lock and a cover leave our warehouse today.',
    'Customer: Great. Should I send the wet one back?',
  ),
];
