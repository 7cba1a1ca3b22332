import { isOrderInStories } from '../seed/stories/index.ts';
import type { Autopilot, Turn } from './autopilot.ts';
import {
  angerTurn,
  knownOrderTurn,
  orderNumber,
  priorityRules,
  type Rule,
  rules,
  unknownTurn,
} from './rules.ts';

/** The sandbox's AI: answers by the rules in `rules.ts` and hands off everything else. */
export const answerByRules: Autopilot = ({ messages, sentiment, demoStories }) => {
  const fromCustomer = messages.filter(({ from }) => from === 'contact').map(({ text }) => text);
  const text = fromCustomer.at(-1) ?? '';
  const digits = fromCustomer.findLast((one) => orderNumber.test(one))?.match(orderNumber)?.[0];
  const order = digits && `ord_${digits}`;
  const urgent = matchRule(priorityRules, text);
  const isKnown = order !== undefined && isOrderInStories(order, demoStories);
  if (urgent) return turnOf(urgent, order, isKnown);
  if (sentiment === 'angry') return angerTurn;
  const match = matchRule(rules, text);
  // An order number alone answers the question before it.
  const rule = match?.when === orderNumber ? (pendingRule(fromCustomer) ?? match) : match;
  return rule ? turnOf(rule, order, isKnown) : unknownTurn;
};

function matchRule(candidates: readonly Rule[], text: string): Rule | undefined {
  return candidates.find(({ when, unless }) => when.test(text) && !unless?.test(text));
}

/**
 * The rule for the message before the last, if it needed an order number. The AI's own messages do not matter here:
 * the customer may send the number before the AI asks for it.
 */
function pendingRule(fromCustomer: readonly string[]): Rule | undefined {
  const previous = fromCustomer.at(-2) ?? '';
  const rule = orderNumber.test(previous) ? undefined : matchRule(rules, previous);
  return rule?.withoutOrder === undefined ? undefined : rule;
}

/** @param isKnown whether a stored demo conversation is about the order. */
function turnOf(
  { action, reply, withoutOrder, outcome }: Rule,
  order: string | undefined,
  isKnown: boolean,
): Turn {
  if (withoutOrder !== undefined && order === undefined) return { reply: withoutOrder };
  const acts = JSON.stringify(action ?? '').includes('{order}');
  const turn = acts && isKnown ? knownOrderTurn : { action, reply, outcome };
  return JSON.parse(JSON.stringify(turn).replaceAll('{order}', order ?? '')) as Turn;
}
