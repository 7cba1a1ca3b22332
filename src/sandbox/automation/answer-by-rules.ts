import type { Autopilot, Turn } from './autopilot.ts';
import { anger, first, orderNumber, type Rule, rules, unknown } from './rules.ts';

/** The AI of the sandbox: it knows what stands in `rules.ts`, and hands off what it does not. */
export const answerByRules: Autopilot = ({ messages, mood }) => {
  const asked = messages.filter(({ from }) => from === 'contact').map(({ text }) => text);
  const text = asked.at(-1) ?? '';
  const digits = asked.findLast((one) => orderNumber.test(one))?.match(orderNumber)?.[0];
  const order = digits && `ord_${digits}`;
  const urgent = ruleFor(first, text);
  if (urgent) return turnOf(urgent, order);
  if (mood === 'angry') return anger;
  const rule = ruleFor(rules, text);
  // A number alone belongs to what was asked before it.
  const meant = rule?.when === orderNumber ? (openQuestion(asked) ?? rule) : rule;
  return meant ? turnOf(meant, order) : unknown;
};

function ruleFor(among: readonly Rule[], text: string): Rule | undefined {
  return among.find(({ when, unless }) => when.test(text) && !unless?.test(text));
}

/**
 * The rule that the message before the last is about, if it lacked an order number. What the AI said to it is no sign:
 * the number may have come before the AI asked for it.
 */
function openQuestion(asked: readonly string[]): Rule | undefined {
  const before = asked.at(-2) ?? '';
  const rule = orderNumber.test(before) ? undefined : ruleFor(rules, before);
  return rule?.withoutOrder === undefined ? undefined : rule;
}

function turnOf({ action, reply, withoutOrder, outcome }: Rule, order: string | undefined): Turn {
  if (withoutOrder !== undefined && order === undefined) return { reply: withoutOrder };
  return JSON.parse(JSON.stringify({ action, reply, outcome }).replaceAll('{order}', order ?? '')) as Turn;
}
