import { personalDataKinds } from '../../../src/text/personal-data/kinds.ts';
import { countStandIns } from '../../../src/text/personal-data/redactor.ts';
import type { AnyTool } from '../../../src/tools/index.ts';
import { answersWith, type Filling } from './api-data.ts';
import { callTool } from './call-tool.ts';
import { fakeApi } from './fake-api.ts';
import { argumentsAdvice, argumentsFor } from './tool-arguments.ts';

/** Personal data as customers write it, and what of it no answer may have. */
const planted = [
  ['write to zoe.quist@example.net today', 'quist@', 'example.net', 'zoe.'],
  ['zoe.qu\u200bist@exam\u00adple.net', 'quist@', 'example.net'],
  ['zoe.quist&#64;example.net', 'quist', 'example.net'],
  ['zoe.quist<b>@</b>example.net', 'quist@', '@example.net'],
  ['call +49 (30) 555 12345 or ０３０／５５５１２３４５', '12345', '１２３４５'],
  ['pay by 4111-1111-1111-1111', '1111'],
  ['from DE89 3704 0044 0532 0130 00', '3704', '0532'],
] as const;

/** Every contact, and spellings of its name in texts. */
const person: Readonly<Record<string, string>> = {
  name: 'Zoë Quistberg',
  email: 'quistberg@example.org',
  phone: '4930999888',
};
const spelled = ['I am Zoe Quistberg', 'ZOË here', 'zoe\u200b quist\u00adberg', 'Quistberg’s order'];

const rules = { kinds: personalDataKinds, key: new Uint8Array(32) };

/** What of the personal data in the API's answers a tool lets out, in either rendering, and in a failure. */
export async function redactionProblems(tool: AnyTool): Promise<string[]> {
  const problems: string[] = [];
  const api = fakeApi();
  const cases = [
    ...planted.map(([text, ...forbidden]) => ({ text, forbidden: forbidden as string[] })),
    ...spelled.map((text) => ({ text, forbidden: ['zoe', 'zoë', 'quistberg'] })),
  ];
  for (const [n, { text, forbidden }] of cases.entries()) {
    const filling: Filling = {
      everywhere: false,
      optional: () => true,
      text: (path) => {
        const [, field = ''] =
          /contacts?\.(?:\d+\.)?(?:non_verified_)?(name|email|phone)(?:_number)?$/.exec(path) ?? [];
        if (field !== '') return person[field] ?? '';
        // A word of the API, in which no name is looked for.
        if (/language$/.test(path)) return 'en';
        const isLong = n % 2 === 0 && /content\.text$/.test(path);
        return isLong ? `${'Long words before it. '.repeat(120)}${text}\n<p>${text}</p>` : text;
      },
    };
    api.answerWith(answersWith(() => filling, 3));
    const given = argumentsFor(tool, n % 2 === 0 ? 'every' : 'required');
    const { outcome, unexpected } = await callTool(tool, given, api, rules);
    if (outcome.kind === 'failure')
      return [argumentsAdvice(tool, given, String(unexpected[0] ?? outcome.text))];
    forbidden.push('quistberg', '999888');
    problems.push(...leaks('text', outcome.text), ...leaks('JSON', JSON.stringify(outcome.view)));
    problems.push(...countProblems(outcome.view, outcome.text));

    function leaks(where: string, rendering: string): string[] {
      const found = forbidden.filter((part) => rendering.toLowerCase().includes(part.toLowerCase()));
      return found.map(
        (part) =>
          `${tool.name}: ${JSON.stringify(part)} of ${JSON.stringify(text)} is in the ${where}: ${around(rendering, part)}`,
      );
    }
  }
  api.answerWith(() => ({ status: 400, body: '{"message":"zoe.quist@example.net is not known"}' }));
  const { outcome } = await callTool(tool, argumentsFor(tool, 'required'), api, rules);
  if (outcome.text.includes('quist')) problems.push(`${tool.name}: a failure says ${outcome.text}`);
  return problems;
}

/** The answer tells how many stand-ins its JSON has, and its text has the same ones. */
function countProblems(view: Record<string, unknown>, text: string): string[] {
  const { redacted, ...rest } = view;
  const json = JSON.stringify(rest);
  const counts = countStandIns(json);
  const standIns = (rendering: string) => [...new Set(rendering.match(/\[\w+ [a-z2-7]{6}\]/g))].sort();
  const missing = standIns(json).filter((one) => !text.includes(one));
  return [
    ...(JSON.stringify(redacted ?? {}) === JSON.stringify(counts)
      ? []
      : [`counted ${JSON.stringify(redacted)} of ${JSON.stringify(counts)}`]),
    ...(missing.length === 0 ? [] : [`only the JSON has ${missing.join()}`]),
    ...(Object.keys(counts).length > 0 !== text.includes('Redacted: ') ? ['the text does not count'] : []),
  ];
}

function around(rendering: string, part: string): string {
  const at = rendering.toLowerCase().indexOf(part.toLowerCase());
  return rendering.slice(Math.max(0, at - 60), at + 60);
}
