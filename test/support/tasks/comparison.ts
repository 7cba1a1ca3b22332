/**
 * The page's section about published bridges. Measured by hand: the bridges are not dependencies of the project, and half of
 * the answers were read, not computed. The rows are `[server, tokens of the tool list, calls, tokens, right answers]`.
 */
const measured = [
  ['this server, as text', 2249, 24, 17_103, 20],
  ['@ivotoby/openapi-mcp-server@1.16.1', 1261, 341, 550_191, 20],
  ['mcp-openapi@0.3.0', 765, 303, 419_279, 13],
] as const;

export function comparison(row: (cells: (string | number)[]) => string): string[] {
  return [
    '## Comparison with published bridges',
    '',
    'Twenty other questions, all over many sessions: who waits longest, files since a day, this week against the last, sessions of one person,',
    'handoffs and their reasons, angry customers without an answer, what the AI said or looked up, ratings, internal notes. They are of the kind',
    'that this server has tools for, and their writer knew the table above. The right answers were taken from the API first. All servers had the',
    'same demo data, and the bridges the OpenAPI document of the sandbox. This is not a test: it was measured once, in o200k tokens of the text in',
    '`content`.',
    '',
    row(['server', 'tokens: tool list', 'calls', 'tokens: answers', 'right answers']),
    row(['---', '---:', '---:', '---:', '---:']),
    ...measured.map((cells) => row([...cells])),
    '',
    '- This server: all questions were answered from the tool list and the text of the answers. No call was refused.',
    '- The first bridge: ten questions were answered in the same way, in 2 to 7 calls. The walks of the others were scripted, with the fewest',
    '  calls that were found, up to 66 for a question. Their answers count as right if they can be computed from what came back; a model has to',
    '  count and compare up to 85,000 tokens of JSON without a mistake.',
    '- The second bridge: the same calls, all scripted. It shows 20 items of a list and leaves out the others, which its cursor does not bring',
    '  back (the API has 25 sessions or 50 events on a page). It says so at the end of the list. Seven answers lacked something for that reason.',
    '- The API is asked for the same histories either way: this server reads them itself, and a model reads only the answer.',
  ];
}
