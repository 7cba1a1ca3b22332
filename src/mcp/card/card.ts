import type { CallLogger } from '../../pipeline/call.ts';
import { cardTools } from '../../tools/card/index.ts';
import { type ReadCard, withCounts } from '../offer.ts';
import { errorCode, RequestError } from '../request-error.ts';
import { cardDescriptions } from './descriptions.ts';
import { cardMimeType, cardUri } from './extension.ts';

/** It names no domains: the card requests nothing. */
const ui = { csp: {}, prefersBorder: true };

/**
 * What clients that can show the card are offered beside the rest.
 * @param readCard reads the card, as HTML.
 * @param redacts whether personal data is replaced in answers.
 */
export function openCard(readCard: ReadCard, redacts: boolean) {
  return {
    tools: cardTools,
    descriptions: redacts ? cardDescriptions.map(withCounts) : cardDescriptions,
    /** The result of `resources/read`. */
    async read(logger: CallLogger) {
      const text = await readCard().catch((err: unknown) => {
        logger.error({ err }, 'the card could not be read');
        throw new RequestError(
          errorCode.internal,
          'The card could not be read. The server’s log has the details.',
        );
      });
      return { contents: [{ uri: cardUri, mimeType: cardMimeType, text, _meta: { ui } }] };
    },
  };
}
