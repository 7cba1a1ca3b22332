import type { SessionRow } from '../store/tables.ts';
import { oneLine } from './plain-text.ts';

export type Sentiment = NonNullable<SessionRow['sentiment']>;

/** Characters to read. A message may be megabytes long. */
const maxRead = 2000;

/**
 * Thresholds for the sum of the word scores, which range from -5 to 5: one angry word or two annoyed ones, or one
 * "thanks". Tuned on the customers' messages in the demo data.
 */
const angryBelow = -3;
const happyAbove = 2;

/** Words that AFINN scores, but that in support state the topic or are mere politeness. They score 0 here. */
const neutralWords =
  'help want like yes please sorry no pay free clear safe care top fine hard strong warm cool interested resolved accepted ' +
  'broken broke lost cancel cancelled problem problems wrong error errors fail fails failed failing failure damage damaged ' +
  'missing miss charged stop stopped delay delayed leak stuck torn dead died die fire kill cut warning alone forgot empty block blocked loose ' +
  'good dear support hope present joke kidding';

/** Angry words that AFINN lacks or scores too low. */
const angryWords =
  'unacceptable annoyed annoying useless idiots scam scammers scammed lied liars pathetic disgraceful fed';

const scoreOverrides: Readonly<Record<string, number>> = {
  ...Object.fromEntries(neutralWords.split(' ').map((word) => [word, 0])),
  ...Object.fromEntries(angryWords.split(' ').map((word) => [word, angryBelow])),
};

/**
 * Classifies a customer's message by the AFINN word list of the package `sentiment`. The list is English; text in
 * other languages is neutral.
 */
export async function sentimentOf(text: string): Promise<Sentiment> {
  // Loaded on first use.
  const { default: Analyzer } = await import('sentiment');
  const words = oneLine(text.slice(0, maxRead)).replaceAll('’', "'");
  const { score } = new Analyzer().analyze(words, { extras: scoreOverrides });
  return score <= angryBelow ? 'angry' : score >= happyAbove ? 'happy' : 'neutral';
}
