// npm run compat [-- NAME...]: runs the examples of docs/agent-engineers.md with the newest versions of the agent frameworks,
// the server under Bun and Deno, and the MCP Inspector. They are not dependencies of the project: npm downloads them once.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { install } from './bench/server/installs.mjs';
import { callEveryTool, toolCount } from './compat/call-every-tool.mjs';

const program = resolve('dist/main.cjs');
const [major] = process.versions.node.split('.').map(Number);

/**
 * What to install for the example that imports a package, and the end of the program: it lists the tools, calls one and
 * prints how many tools there were.
 */
const frameworks = [
  {
    name: '@ai-sdk/mcp',
    packages: ['@ai-sdk/mcp@latest'],
    end: `console.log(Object.keys(tools).length);
      if (!JSON.stringify(await tools.list_sessions.execute({ limit: 1 }, {})).includes('1 session')) throw new Error('no session');
      await client.close();`,
  },
  {
    name: '@openai/agents',
    packages: ['@openai/agents@latest', 'zod@4'],
    end: `console.log((await server.listTools()).length);
      if (agent.mcpServers[0] !== server) throw new Error('no server');
      if (!JSON.stringify(await server.callTool('list_sessions', { limit: 1 })).includes('1 session')) throw new Error('no session');
      await server.close();`,
  },
  {
    name: '@langchain/mcp-adapters',
    packages: ['@langchain/mcp-adapters@latest', '@langchain/core@latest', '@langchain/langgraph@latest'],
    end: `console.log(tools.length);
      const one = tools.find(({ name }) => name.endsWith('list_sessions'));
      if (!JSON.stringify(await one.invoke({ limit: 1 })).includes('1 session')) throw new Error('no session');
      await client.close();`,
  },
  {
    name: '@mastra/mcp',
    node: 22,
    packages: ['@mastra/mcp@latest', '@mastra/core@latest'],
    end: `console.log(Object.keys(tools).length);
      // It hands the model the JSON of an answer.
      if (!JSON.stringify(await tools.opencx_list_sessions.execute({ limit: 1 }, {})).includes('"shown":1')) throw new Error('no session');
      await client.disconnect();`,
  },
  {
    name: 'mcp-use',
    packages: ['mcp-use@1', 'langchain@1', '@langchain/core@1'],
    end: `console.log(tools.length);
      if (!JSON.stringify(await session.callTool('list_sessions', { limit: 1 })).includes('1 session')) throw new Error('no session');
      await client.closeAllSessions();`,
  },
];

/** Programs that run JavaScript, by the path in their npm package: their install scripts only copy the file there. */
const runtimes = [
  { name: 'bun', args: [], binary: ['@oven', `bun-${process.platform}-${process.arch}`, 'bin', 'bun'] },
  { name: 'deno', args: ['run', '--allow-all'], binary: ['@deno', denoPackage(), 'deno'] },
];

function denoPackage() {
  return `${process.platform}-${process.arch}${process.platform === 'linux' ? '-glibc' : ''}`;
}

/** Runs the example that imports the package. @returns what was seen. */
function runExample({ name, node = 20, packages, end }) {
  if (major < node) return `skipped: it requires Node ${node}`;
  const { folder } = install(`compat-${name.replace(/\W+/g, '-')}`, ...packages);
  const blocks = [...readFileSync('docs/agent-engineers.md', 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)];
  const example = blocks.map(([, code]) => code).find((code) => code.includes(`from '${name}'`));
  if (example === undefined) throw new Error(`docs/agent-engineers.md has no example that imports ${name}`);
  const code = `${example.replaceAll('/path/to/clone/dist/main.cjs', program)}\n${end}\nprocess.exit();`;
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const file = join(folder, 'example.mjs');
  writeFileSync(file, outputText);
  const { stdout, stderr, status } = spawnSync(process.execPath, [file], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
    // mcp-use would report its use.
    env: { ...process.env, MCP_USE_ANONYMIZED_TELEMETRY: 'false' },
  });
  if (status !== 0) throw new Error(`${name} ended with ${status}:\n${stdout}${stderr}`);
  if (!stdout.split('\n').includes(String(toolCount))) throw new Error(`${name} saw:\n${stdout}`);
  const { version } = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
  return `${version}: ${toolCount} tools`;
}

async function runUnder({ name, args, binary }) {
  const { folder } = install(`compat-${name}`, `${name}@latest`);
  const command = join(folder, 'node_modules', ...binary);
  const [version] = /\d[\d.]+/.exec(execFileSync(command, ['--version'], { encoding: 'utf8' })) ?? [];
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const calls = await callEveryTool(command, [...args, program, '--sandbox', ':memory:'], home);
  return `${version}: ${calls} calls of ${toolCount} tools`;
}

/** Lists the tools with the MCP Inspector, which must find the card of the session. */
function runInspector() {
  if (major < 22) return 'skipped: it requires Node 22';
  const { folder } = install('compat-inspector', '@modelcontextprotocol/inspector@latest');
  const bin = join(folder, 'node_modules', '.bin', 'mcp-inspector');
  const home = join(folder, 'home');
  const list = (...more) => {
    const args = [
      '--cli',
      process.execPath,
      program,
      '--sandbox',
      ':memory:',
      '--method',
      'tools/list',
      '--app-info',
    ];
    const env = { ...process.env, HOME: home, USERPROFILE: home };
    const lines = execFileSync(bin, [...args, ...more], { encoding: 'utf8', timeout: 120_000, env }).trim();
    return lines.split('\n').map((line) => JSON.parse(line));
  };
  const withCard = list('--advertise-apps').filter(({ hasApp }) => hasApp);
  if (withCard.length !== 1 || withCard[0].resourceUri !== 'ui://opencx-sessions/session.html')
    throw new Error(`tools with a card: ${JSON.stringify(withCard)}`);
  const without = list();
  if (without.length !== toolCount || without.some(({ hasApp }) => hasApp))
    throw new Error(`tools for clients without cards: ${JSON.stringify(without)}`);
  const { version } = JSON.parse(
    readFileSync(join(folder, 'node_modules/@modelcontextprotocol/inspector/package.json'), 'utf8'),
  );
  return `${version}: ${toolCount} tools, and the card for clients that show one`;
}

execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
const selected = process.argv.slice(2);
const all = [
  ...frameworks.map((one) => ({ name: one.name, run: () => runExample(one) })),
  ...runtimes.map((one) => ({ name: one.name, run: () => runUnder(one) })),
  { name: 'inspector', run: runInspector },
];
for (const { name, run } of all) {
  if (selected.length > 0 && !selected.includes(name)) continue;
  try {
    process.stdout.write(`${name} ${await run()}\n`);
  } catch (error) {
    process.stdout.write(`${name} FAILED: ${error.message}\n`);
    process.exitCode = 1;
  }
}
