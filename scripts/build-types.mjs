// Builds dist/client.d.ts, the client's types in one file. It includes the types of zod and undici: both are bundled, so a
// program that uses the client may not have them installed.
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const types = await rollup({
  input: 'src/client/index.ts',
  plugins: [dts({ respectExternal: true })],
  external: [/^node:/],
});
await types.write({ file: 'dist/client.d.ts', format: 'es' });
await types.close();
