/** What a client declares that can show the card. */
export const showsCard = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } };
