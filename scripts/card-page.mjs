// The card of a session as one HTML document: a host gets it as a resource, and shows it without a server behind it.
import { createHash } from 'node:crypto';
import { build } from 'esbuild';

/**
 * @param options {import('esbuild').BuildOptions} of all pages.
 * @returns {Promise<{ html: string, metafile: import('esbuild').Metafile }>}
 */
export async function cardPage(options) {
  const { outputFiles, metafile } = await build({
    ...options,
    format: 'iife',
    entryPoints: ['src/web/card/card.tsx', 'src/web/card/card.css'],
  });
  const [script, style] = ['.js', '.css'].map((suffix) => {
    const text = outputFiles.find(({ path }) => path.endsWith(suffix)).text.trim();
    // It would end its element.
    if (/<\/(?:script|style)/i.test(text)) throw new Error(`The card's ${suffix} file has an end tag in it.`);
    return text;
  });
  return { html: page(script, style), metafile };
}

/** Only this script and this style count, wherever the document is shown. Nothing is requested. */
function page(script, style) {
  const policy = [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Support session</title>
<style>${style}</style>
</head>
<body>
<div id="card"><noscript>This card needs JavaScript.</noscript></div>
<script>${script}</script>
</body>
</html>
`;
}

function hash(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
