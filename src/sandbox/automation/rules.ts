import type { Action, Turn } from './autopilot.ts';

/** How the AI answers a kind of message. `{order}` in any text is replaced by the customer's order number. */
export interface Rule {
  /** Matches the messages that the rule is for. */
  readonly when: RegExp;
  /** Excludes messages. */
  readonly unless?: RegExp;
  readonly action?: Action;
  readonly reply: string;
  /** Reply without the action, used until the customer gives an order number. */
  readonly withoutOrder?: string;
  readonly outcome?: Turn['outcome'];
}

/** Sender name of the AI. */
export const aiName = 'Juniper';

/** The digits of an order number: "ord_10482", "order no. 10482", or a message that is only a number. */
export const orderNumber =
  /(?<=\bord[_-]?)\d+\b|(?<=\border (number |no\.? )?#?)\d{4,}\b|(?<=^\W*)\d{4,}(?=\W*$)/i;

/** Answer to an angry customer. */
export const angerTurn = {
  reply: 'I am sorry. A colleague takes over from here, and has all that you have written.',
  outcome: { handOff: 'The customer is angry.' },
} as const;

/** Answer about an order of the stored demo data. What an action would make up might not agree with it. */
export const knownOrderTurn = {
  reply:
    'There is an earlier conversation about {order}, so I will not guess. A colleague who knows it will answer you here.',
  outcome: {
    handOff: 'The customer asks about order {order}. An earlier conversation is about the same order.',
    reason: 'insufficient_knowledge',
  },
} as const;

/** Answer to a message that matches no rule. */
export const unknownTurn = {
  reply: 'I do not know enough to help you well with this. A colleague will answer you here.',
  outcome: { handOff: 'The AI had no answer.', reason: 'insufficient_knowledge' },
} as const;

/** Checked before anger and all other rules. */
export const priorityRules: readonly Rule[] = [
  {
    when: /\b(human|real person|(speak|talk) (to|with)|(connect|put) me (to|through)|(an?|your) (agent|person|manager|supervisor|colleague)|call me|any(body|one) there|(want|talk to) an? (bot|robot|machine))\b|^\W*(agent|operator|representative)\b/i,
    reply: 'Of course. A colleague takes over from here, and has all that you have written.',
    outcome: { handOff: 'The customer asked for a person.', reason: 'user_requested_human_assistance' },
  },
  {
    when: /\b(lawyer|solicitor|attorney|legal action|sue you)\b/i,
    reply: 'I may not speak about legal matters. A colleague will answer you here.',
    outcome: { handOff: 'The customer spoke of legal matters.', reason: 'prohibited_topic' },
  },
];

/** Rules of the support desk of Juniper & Pike, the demo shop. The first match wins. */
export const rules: readonly Rule[] = [
  {
    when: /\bcancel/i,
    withoutOrder:
      'I can look whether it can still be cancelled. Which order is it? Its number begins with ord_.',
    action: {
      name: 'get_order',
      input: { order_id: '{order}' },
      result: { status: 'packed', can_be_changed: false },
    },
    reply: 'Order {order} is packed already, so I cannot cancel it myself. A colleague will try to stop it.',
    outcome: {
      handOff: 'The customer wants to cancel order {order}, which is packed.',
      reason: 'insufficient_tools',
    },
  },
  {
    when: /\b(password|log ?in|sign ?in|locked out)\b/i,
    action: { name: 'send_reset_link', input: {}, result: { sent: true, valid_minutes: 30 } },
    reply:
      'I have sent a link to the address of your account. It lets you choose a new password and is good for 30 minutes.',
  },
  {
    when: /\b(change|instead|(another|new|different|wrong) (day|date|address|house number))\b/i,
    reply: 'I cannot change that myself. A colleague will see to it.',
    outcome: { handOff: 'The customer wants something changed.', reason: 'insufficient_tools' },
  },
  {
    when: /\b(refund|money back|reimburse)/i,
    withoutOrder: 'I can look that up. Which order is it about? Its number begins with ord_.',
    action: {
      name: 'get_refund',
      input: { order_id: '{order}' },
      result: { status: 'paid', paid_days_ago: 1, card: 'ending 4417' },
    },
    reply:
      'The refund for {order} was paid yesterday, to the card ending 4417. Banks take up to three working days to show it.',
  },
  {
    when: /\b(returns? policy|how long .*return)\b/i,
    reply: 'You can send back what you do not like within 60 days, unused, and the return is free.',
  },
  {
    when: /\b((send|bring) (it|them|this) back|swap|too (big|small|large)|return(s|ed|ing)?|exchange|wrong (size|colour|color|item))\b/i,
    withoutOrder: 'You can send it back within 60 days. Which order is it from? Its number begins with ord_.',
    action: {
      name: 'create_return',
      input: { order_id: '{order}' },
      result: { return_id: 'ret_4711', label: 'sent by email', days_left: 41 },
    },
    reply:
      'I have opened return ret_4711 for {order} and sent you the label by email. Please hand the parcel in within 41 days.',
  },
  {
    when: /\b(broke|broken|damaged|torn|ripped|leak(s|ing)?|faulty|defect(ive)?|warranty|does ?n[o']t work|stopped working)\b/i,
    withoutOrder: 'I am sorry to hear that. Which order is it from? Its number begins with ord_.',
    action: {
      name: 'open_warranty_case',
      input: { order_id: '{order}' },
      result: { case_id: 'war_208', covered: true, replacement: 'in stock' },
    },
    reply:
      'It is under warranty. I have opened case war_208 for {order}: the replacement leaves tomorrow, and you need not send the old one back.',
  },
  {
    when: /\b(do you (ship|deliver)|how long does|(delivery|shipping) (costs?|times?|fees?))\b/i,
    reply:
      'Within the country it takes two to three working days, abroad about a week. From 50.00 GBP on it is free.',
  },
  {
    when: /\b(where('s| is| are)|track(ing)?|never came|(has|have|did) ?n[o']t come|waiting for|parcel|package|deliver(y|ed)?|shipp(ed|ing)|arriv(e|ed|ing)|courier|order status|status of)\b/i,
    withoutOrder: 'I will look. Which order is it? Its number begins with ord_.',
    action: {
      name: 'get_order',
      input: { order_id: '{order}' },
      result: { status: 'shipped', carrier: 'Northway', expected_in_days: 2 },
    },
    reply: 'Order {order} is on its way with Northway and should be with you in two days.',
  },
  {
    when: /\b(invoice|receipt|bill)\b/i,
    withoutOrder: 'For which order? Its number begins with ord_.',
    action: { name: 'send_invoice', input: { order_id: '{order}' }, result: { sent: true } },
    reply: 'I have sent you the invoice for {order} by email.',
  },
  {
    when: /\b(opening hours|open (on|at|today|tomorrow|until)|when .*\bopen)\b/i,
    reply: 'The shops are open from Monday to Saturday, 9 to 18. I am here around the clock.',
  },
  {
    when: orderNumber,
    action: {
      name: 'get_order',
      input: { order_id: '{order}' },
      result: { status: 'shipped', carrier: 'Northway', expected_in_days: 2 },
    },
    reply:
      'I have found {order}: it is on its way and should be with you in two days. What would you like to know?',
  },
  {
    when: /\b(thank(s| you)|thx|cheers|that helps|that is all|that's all|got it|never ?mind|solved|sorted|perfect|(good)?bye)\b|^\W*(great|awesome|wonderful|excellent|brilliant|lovely)\b|^\W*no(pe)?\W*$/i,
    unless: /\?|\b(but|not|still|however|nothing)\b/i,
    reply: 'You are welcome. Have a good time outdoors!',
    outcome: 'resolve',
  },
  {
    when: /^\W*(ok(ay)?|yes|yep|sure|fine|all ?right)\b.{0,15}$/i,
    unless: /\?|\b(but|not|still|however)\b/i,
    reply: 'All right. Is there anything else that I can do for you?',
  },
  {
    when: /\bare you (an? )?(bot|robot|ai|machine|real)\b|\b(who are you|what can you do|help( me| with (my|an) order)?)( please)?\W*$/i,
    reply: 'I am Juniper, an AI. I can look up orders, refunds and returns, and a colleague is never far.',
  },
  {
    when: /^\W*(hi|hello|hey|hiya|good (morning|afternoon|evening|day))\b.{0,20}$/i,
    reply: 'Hello, this is Juniper, the assistant of Juniper & Pike. What can I do for you?',
  },
];
