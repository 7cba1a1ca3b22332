import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { getClient, userFileOf } from '../../../src/cli/init/clients/find-client.ts';
import { runInit } from '../../../src/cli/init/init.ts';
import { thisMachine } from '../../../src/cli/init/machine.ts';
import { CancelledError, type Terminal, terminalOf } from '../../../src/cli/init/terminal.ts';
import { cliHome } from '../../support/program/cli-home.ts';

const key = 'ocx_live_0123456789abcdef';
const home = cliHome();

/** A terminal with prepared answers. Secrets are asked for by `?`. */
function answering(...answers: string[]): Terminal & { questions: string[] } {
  const questions: string[] = [];
  const next = async (question: string) => {
    questions.push(question);
    const answer = answers.shift();
    if (answer === undefined) throw new Error(`not expected: ${question}`);
    return answer;
  };
  return { isInteractive: true, questions, ask: next, askSecret: next };
}

const init = (client: string | undefined, options: object, terminal: Terminal) =>
  runInit(client, [], options, import.meta.filename, {}, terminal);
const keyFile = () => join(home.path, '.opencx', 'api-key.txt');
const read = (...path: string[]) => readFileSync(join(home.path, ...path), 'utf8');

describe('init on a terminal', () => {
  beforeEach(() => {
    for (const folder of ['.cursor', '.codex', '.fx']) mkdirSync(join(home.path, folder));
  });

  it('lists the clients of this machine, asks which, and saves the key in a file that only its owner can read', async () => {
    const terminal = answering('4', '2-4', '3-2', '1-', 'Cursor', '1 - 2', 'Bearer of something', key);
    await init(undefined, {}, terminal);
    expect(home.output).toMatch(/ 1 {2}Cursor .*\n.* 2 {2}Codex .*\n.* 3 {2}fx /);
    expect(home.output.split('Enter numbers from 1 to 3, such as 1 3 or 1-3.')).toHaveLength(6);
    expect(home.output).toContain('begins with "Bearer"');
    expect(readFileSync(keyFile(), 'utf8')).toBe(`${key}\n`);
    if (process.platform !== 'win32') {
      expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
      expect(statSync(join(home.path, '.opencx')).mode & 0o777).toBe(0o700);
    }
    for (const file of [read('.cursor', 'mcp.json'), read('.codex', 'config.toml')]) {
      expect(file).toContain('~/.opencx/api-key.txt');
      expect(file).not.toContain(key);
    }
    expect(existsSync(join(home.path, '.fx', 'mcp.json'))).toBe(false);
    expect(home.output).not.toContain(key);

    // The key is not asked for twice, and the entries can be taken out together.
    await init('fx', { write: true }, answering());
    home.output = '';
    await init(undefined, { remove: true }, answering('all'));
    expect(home.output).toMatch(
      /Next steps:\n {2}1\. Restart Cursor\. Its settings no longer list the server under MCP\.\n.* \/mcp no longer shows the server\.\n/,
    );
    expect(read('.codex', 'config.toml')).toBe('');
    expect(read('.cursor', 'mcp.json')).not.toContain('opencx');
  });

  it('changes nothing for Enter, and writes an entry without the key if it is not given', async () => {
    await init(undefined, {}, answering(''));
    expect(home.output).toContain('Nothing was changed.');
    await init('cursor', { write: true }, answering(''));
    expect(existsSync(keyFile())).toBe(false);
    expect(home.output).toContain('cat > ~/.opencx/api-key.txt');
  });

  it('asks for the key or the token only once, also if it is not given', async () => {
    await init(undefined, {}, answering('1,2', ''));
    expect(read('.codex', 'config.toml')).toContain('OPENCX_API_KEY_FILE');
    const team = { url: 'https://mcp.example.com', withToken: true, name: 'team' };
    await init(undefined, team, answering('1 2', '"ocxt_0123456789"'));
    expect(read('.cursor', 'mcp.json')).toContain('Bearer ocxt_0123456789');
    expect(read('.codex', 'config.toml')).toContain('Bearer ocxt_0123456789');
  });

  it('removes only from clients that have an entry, in the file of the project with --project', async () => {
    await init(undefined, { remove: true }, answering());
    expect(home.output).toBe(
      'No client on this machine has an entry of this server.\nNothing was changed.\n',
    );
    writeFileSync(join(home.path, '.fx', 'mcp.json'), '{');
    await init('codex', { sandbox: true, write: true }, answering());
    home.output = '';
    await init(undefined, { sandbox: true, remove: true }, answering('all'));
    expect(home.output).toMatch(/ 1 {2}Codex .*\n.* 2 {2}fx /);
    expect(home.output).toContain('is not valid JSON');

    const project = mkdtempSync(join(home.path, 'project-'));
    vi.spyOn(process, 'cwd').mockReturnValue(project);
    home.output = '';
    await init(undefined, { sandbox: true, project: true }, answering('1'));
    expect(home.output).toContain(` 1  Cursor  ${join(project, '.cursor', 'mcp.json')}`);
    expect(home.output).not.toMatch(/^ +\d+ +fx /m);
    expect(existsSync(join(project, '.cursor', 'mcp.json'))).toBe(true);
  });

  it('changes nothing more when the person leaves', async () => {
    const terminal = answering('1 2');
    terminal.askSecret = () => Promise.reject(new CancelledError('Cancelled by the person.'));
    await expect(init(undefined, {}, terminal)).rejects.toThrow('Cancelled by the person.');
    expect(existsSync(join(home.path, '.codex', 'config.toml'))).toBe(false);
  });

  it('gives up after three texts that cannot be a key', async () => {
    const terminal = answering('a b', 'your key here', '***');
    await expect(init('cursor', { write: true }, terminal)).rejects.toThrow('No usable key was given');
    expect(existsSync(join(home.path, '.cursor', 'mcp.json'))).toBe(false);
  });

  it('goes on with the others when the file of one cannot be used', async () => {
    writeFileSync(join(home.path, '.cursor', 'mcp.json'), '{');
    await init(undefined, { sandbox: true }, answering('all'));
    expect(home.output).toContain('Cursor: ');
    expect(home.output).toContain('is not valid JSON');
    expect(read('.codex', 'config.toml')).toContain('[mcp_servers.opencx-sessions-sandbox]');
    expect(process.exitCode).toBe(2);
  });

  it('asks for no key if no entry would use it', async () => {
    await init(undefined, { sandbox: true, name: 'opencx-sessions' }, answering('1 2'));
    await init(undefined, {}, answering('1 2'));
    expect(home.output.match(/already has a different entry "opencx-sessions"/g)).toHaveLength(2);
    expect(existsSync(keyFile())).toBe(false);
    // The key is asked for when an entry needs it.
    await init(undefined, {}, answering('all', key));
    expect(read('.fx', 'mcp.json')).toContain('api-key.txt');
  });

  it('says which key approves messages only where the commands do not find it', async () => {
    const folder = dirname(userFileOf(getClient('vscode'), thisMachine({})));
    mkdirSync(folder, { recursive: true });
    const steps = async (...answers: string[]) => {
      home.output = '';
      const flags = ['--confirm-sends=outbox'];
      await runInit(undefined, flags, { replace: true }, import.meta.filename, {}, answering(...answers));
      return home.output;
    };
    const [, number = ''] = / (\d+) {2}VS Code /.exec(await steps('')) ?? [];
    expect(await steps(number)).toContain('There, set OPENCX_API_KEY to the same key.');
    // The others have the key saved meanwhile.
    expect(await steps('all', key)).toContain('Approve what it writes');
    expect(home.output).not.toContain('There, set');
  });

  it('asks for the token of a team server', async () => {
    const url = 'https://mcp.example.com';
    await init('codex', { url, withToken: true, write: true }, answering('ocxt_0123456789'));
    expect(read('.codex', 'config.toml')).toBe(
      '[mcp_servers.opencx-sessions]\nurl = "https://mcp.example.com/mcp"\nhttp_headers = { Authorization = "Bearer ocxt_0123456789" }\n',
    );
    // An entry under another name is found by its address.
    await init('fx', { url, name: 'team', write: true }, answering());
    await init('fx', { url, name: 'team', remove: true }, answering());
    expect(read('.fx', 'mcp.json')).not.toContain('team');
    await init('codex', { remove: true }, answering());
    expect(read('.codex', 'config.toml.opencx-sessions.bak')).toContain('Bearer [removed]');
  });
});

describe('a terminal', () => {
  function streams() {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const screen = Object.assign(new PassThrough(), { isTTY: true });
    let shown = '';
    screen.on('data', (chunk) => {
      shown += chunk;
    });
    return { input, terminal: terminalOf(input, screen), shown: () => shown };
  }

  it('shows an answer, but not a secret', async () => {
    const { input, terminal, shown } = streams();
    const name = terminal.ask('Name? ');
    input.write(' kim \r');
    expect(await name).toBe('kim');
    expect(shown()).toContain('Name? ');
    expect(shown()).toContain('kim');
    const secret = terminal.askSecret('Key? ');
    input.write('hunter22\x7f\r');
    expect(await secret).toBe('hunter2');
    expect(shown()).toContain('Key? ');
    expect(shown()).not.toContain('hunter');
  });

  it.each(['\x03', '\x04'])('can be left with %j', async (pressed) => {
    const { input, terminal } = streams();
    const answer = terminal.askSecret('Key? ');
    input.write(pressed);
    await expect(answer).rejects.toThrow('Cancelled. Nothing more was changed.');
  });

  it('is none without a person', () => {
    expect(terminalOf(new PassThrough(), new PassThrough()).isInteractive).toBe(false);
  });
});
