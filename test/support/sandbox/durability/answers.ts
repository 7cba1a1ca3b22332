/** A session in which customers ask about orders, each about another one, and the AI's answers name them. */
export interface Talk {
  readonly id: string;
  /** Orders that were asked about and acknowledged. */
  readonly asked: string[];
  /** Those of questions that got no answer by HTTP: they stand there or not. */
  readonly doubtful: string[];
}

// biome-ignore lint/suspicious/noExplicitAny: events as they come
type History = readonly { event: any }[];

const orderIn = (text: string) => /ord_\d+/.exec(text)?.[0] ?? '';

/** What of a talk is there: orders by the customer's questions, the AI's actions, and the AI's answers. */
function partsOf(history: History) {
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

/** Whether every question that is there has as many answers as there are questions. */
export function isAnswered(history: History): boolean {
  const { questions, answers } = partsOf(history);
  return answers.length >= questions.length;
}

/** What a talk has against it: every question has one action and one answer, and every acknowledged one is there. */
export function answerFaultsOf({ asked, doubtful }: Talk, history: History): string[] {
  const { questions, answers, actions } = partsOf(history);
  const count = (orders: readonly string[], order: string) => orders.filter((one) => one === order).length;
  const lost = asked.filter((order) => !questions.includes(order)).map((order) => `${order} is lost`);
  const stray = answers
    .filter((order) => !questions.includes(order))
    .map((order) => `nobody asked for ${order}`);
  const known = new Set([...asked, ...doubtful]);
  const wrong = [...new Set(questions)].flatMap((order) => {
    const counts = [questions, actions, answers].map((orders) => count(orders, order));
    return known.has(order) && String(counts) === '1,1,1'
      ? []
      : [`${order} is asked, looked up, answered ${counts}`];
  });
  return [...lost, ...stray, ...wrong];
}
