import type { SessionRow } from '../store/tables.ts';
import { oneLine } from './plain-text.ts';

export type Mood = NonNullable<SessionRow['sentiment']>;

/** Characters that are looked at: a mood shows at once, and a message may be of megabytes. */
const maxRead = 2000;

/**
 * Added up over the words, each from -5 to 5: one word of anger, or two of annoyance; one thank you. Tried on the
 * customers' messages of the demo data.
 */
const angryBelow = -3;
const happyAbove = 2;

/** AFINN rates words by how they sound anywhere. Here they tell what a message is about, not how its writer feels. */
const matters =
  'help want like yes please sorry no pay free clear safe care top fine hard strong warm cool interested resolved accepted ' +
  'broken broke lost cancel cancelled problem problems wrong error errors fail fails failed failing failure damage damaged ' +
  'missing miss charged stop stopped delay delayed leak stuck torn dead died die fire kill cut warning alone forgot empty block blocked loose ' +
  'good dear support hope present joke kidding';

/** And these tell how, which the list does not know or takes lightly. */
const anger =
  'unacceptable annoyed annoying useless idiots scam scammers scammed lied liars pathetic disgraceful fed';

const corrections: Readonly<Record<string, number>> = {
  ...Object.fromEntries(matters.split(' ').map((word) => [word, 0])),
  ...Object.fromEntries(anger.split(' ').map((word) => [word, angryBelow])),
};

/**
 * The mood of a customer's message, by the AFINN list of English words that the package `sentiment` has: text in any
 * other language is neutral. It is loaded when it is first asked.
 */
export async function moodOf(text: string): Promise<Mood> {
  const { default: Sentiment } = await import('sentiment');
  const words = oneLine(text.slice(0, maxRead)).replaceAll('’', "'");
  const { score } = new Sentiment().analyze(words, { extras: corrections });
  return score <= angryBelow ? 'angry' : score >= happyAbove ? 'happy' : 'neutral';
}
