// Builds dist/client.d.ts: the client's types in one file. Those of zod and undici are written into it, because both
// are bundled and a program that uses the client need not have them.
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const types = await rollup({
  input: 'src/client/index.ts',
  plugins: [dts({ respectExternal: true })],
  external: [/^node:/],
});
await types.write({ file: 'dist/client.d.ts', format: 'es' });
await types.close();
