/** A session in which each question is about another order, so that the AI's answers can be told apart. */
export interface QuestionRecord {
  readonly id: string;
  /** Orders in acknowledged questions. */
  readonly asked: string[];
  /** Orders in questions without a response: they may be stored or not. */
  readonly unconfirmed: string[];
}

// biome-ignore lint/suspicious/noExplicitAny: parsed responses
type History = readonly { event: any }[];

const orderIn = (text: string) => /ord_\d+/.exec(text)?.[0] ?? '';

/** The orders in the customer's questions, the AI's actions and the AI's answers. */
function ordersIn(history: History) {
  const events = history.map(({ event }) => event);
  const said = (by: string) =>
    events
      .filter(({ type, sender }) => type === 'message' && sender.type === by)
      .map(({ content }) => orderIn(content.text));
  const actions = events.filter(({ type }) => type === 'action_called');
  return {
    questions: said('contact'),
    answers: said('ai'),
    actions: actions.map(({ context }) => String(context.input.order_id)),
  };
}

/** Whether there are as many answers as questions. */
export function isAnswered(history: History): boolean {
  const { questions, answers } = ordersIn(history);
  return answers.length >= questions.length;
}

/** Checks that every acknowledged question is stored, with one action and one answer. @returns the differences. */
export function checkAnswers({ asked, unconfirmed }: QuestionRecord, history: History): string[] {
  const { questions, answers, actions } = ordersIn(history);
  const count = (orders: readonly string[], order: string) => orders.filter((one) => one === order).length;
  const lost = asked.filter((order) => !questions.includes(order)).map((order) => `${order} is lost`);
  const stray = answers
    .filter((order) => !questions.includes(order))
    .map((order) => `nobody asked about ${order}`);
  const known = new Set([...asked, ...unconfirmed]);
  const wrong = [...new Set(questions)].flatMap((order) => {
    const counts = [questions, actions, answers].map((orders) => count(orders, order));
    return known.has(order) && String(counts) === '1,1,1'
      ? []
      : [`${order} is asked, looked up, answered ${counts}`];
  });
  return [...lost, ...stray, ...wrong];
}
