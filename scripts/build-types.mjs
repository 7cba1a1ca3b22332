// Builds the types of what other programs import, each in one file. They include the types of zod and undici: both are
// bundled, so a program that imports them may not have them installed.
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const entries = { client: 'src/client/index.ts', sandbox: 'src/sandbox/testing.ts' };

for (const [name, input] of Object.entries(entries)) {
  const types = await rollup({
    input,
    plugins: [dts({ respectExternal: true })],
    external: [/^node:/],
  });
  await types.write({ file: `dist/${name}.d.ts`, format: 'es' });
  await types.close();
}
