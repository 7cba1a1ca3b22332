import { cardTools } from '../../tools/card/index.ts';
import { showSession } from '../../tools/card/show-session.ts';
import { describeTool, type ToolDescription } from '../tool-description.ts';
import { cardUri } from './extension.ts';

/** The tools of the card as `tools/list` describes them. The bundle contains the result instead: see scripts/build.mjs. */
export const cardDescriptions: readonly ToolDescription[] = cardTools.map((tool) => ({
  ...describeTool(tool),
  _meta:
    tool.name === showSession.name
      ? // The second is for clients of an early draft.
        { ui: { resourceUri: cardUri, visibility: ['model'] }, 'ui/resourceUri': cardUri }
      : { ui: { visibility: ['app'] } },
}));
