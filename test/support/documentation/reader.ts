import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** The API, and the team server, that the commands of a page mean. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly teamUrl?: string | undefined;
}

const isRunning = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

const startsServer = /^node dist\/main\.cjs (?:http|inbox|sandbox)(?! reset)/;

/**
 * Somebody who follows a page to the letter, in a home folder of their own and a folder with the program. They replace what
 * a page cannot know: addresses, tokens and folders of the administrator.
 */
export class Reader {
  /** What the last server printed. */
  banner = '';
  /** The address of the last team server, without its path. */
  teamUrl: string | undefined;
  readonly #home: string;
  readonly #folder: string;
  readonly #surroundings: Surroundings;
  readonly #servers = new Set<ChildProcess>();
  #token = '';

  constructor(parent: string, dist: string, surroundings: Surroundings) {
    this.#home = mkdtempSync(join(parent, 'reader-'));
    this.#folder = join(this.#home, 'clone');
    mkdirSync(this.#folder);
    symlinkSync(dist, join(this.#folder, 'dist'), 'junction');
    // The code that other starts have compiled: compiling it for each reader takes longer than some commands.
    const cache = join(homedir(), '.cache');
    mkdirSync(cache, { recursive: true });
    symlinkSync(cache, join(this.#home, '.cache'), 'junction');
    this.#surroundings = surroundings;
    this.teamUrl = surroundings.teamUrl;
  }

  /** Runs a command to its end, or, if it starts a server, until that is ready. @throws if it fails. */
  async run(command: string, page: string): Promise<void> {
    if (command.includes('team.jsonc')) this.#writeTeamFile(page);
    const replaced = command
      .replace(/(?<!--public-url )https:\/\/mcp\.example\.com/, () => this.teamUrl ?? 'http://127.0.0.1')
      .replaceAll('/etc/opencx', this.#etc)
      .replace('ocxt_...', this.#token);
    const isServer = startsServer.test(command);
    // Other programs may use the usual ports.
    const port = isServer && !command.includes('--port') ? ' --port 0' : '';
    const { PATH = '' } = process.env;
    const child = spawn('sh', ['-c', isServer ? `exec ${replaced}${port}` : replaced], {
      cwd: this.#folder,
      env: {
        PATH: `${dirname(process.execPath)}${delimiter}${PATH}`,
        HOME: this.#home,
        ...(!command.includes('--sandbox') && this.#surroundings.env),
      },
    });
    if (isServer) this.#servers.add(child);
    // Most commands read nothing, and some end at once.
    child.stdin.on('error', () => {});
    child.stdin.end('k0123456789abcdef');
    let [stdout, stderr] = ['', ''];
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    const closed = once(child, 'close');
    const ready = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk;
        if (isServer && /Ctrl-C|^\{.*\}\n/.test(stdout)) resolve();
      });
    });
    await Promise.race([ready, closed]);
    if (isServer && isRunning(child)) return this.#useServer(stdout);
    this.#servers.delete(child);
    if (child.exitCode !== 0)
      throw new Error(`${page}: ${command}\nexit code ${child.exitCode}\n${stdout}${stderr}`);
    this.#useToken(stdout);
  }

  /** Stops the servers. @throws if one does not end well. */
  async close(): Promise<void> {
    const servers = [...this.#servers];
    const ended = servers.filter(isRunning).map((server) => once(server, 'exit'));
    for (const server of servers) server.kill('SIGTERM');
    await Promise.all(ended);
    const bad = servers.filter(({ exitCode }) => exitCode !== 0);
    if (bad.length > 0)
      throw new Error(
        `Servers that did not end with 0:\n${bad.map(({ spawnargs }) => spawnargs.at(-1)).join('\n')}`,
      );
  }

  get #etc(): string {
    return join(this.#home, 'etc');
  }

  get #teamFile(): string {
    return join(this.#etc, 'team.jsonc');
  }

  /** Writes the first block of JSON with comments to the team file. */
  #writeTeamFile(page: string): void {
    if (existsSync(this.#teamFile)) return;
    const [, block = ''] = /```jsonc\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8')) ?? [];
    writeFileSync(this.#teamFile, block);
  }

  #useServer(banner: string): void {
    this.banner = banner;
    this.teamUrl = /http:\/\/[\d.:]+/.exec(banner)?.[0];
  }

  /** Adds the entry of a new token to the team file. */
  #useToken(printed: string): void {
    const [entry] = /\{.*"sha256".*\}/.exec(printed) ?? [];
    const [token] = /ocxt_[\w-]{43}/.exec(printed) ?? [];
    if (entry === undefined || token === undefined) return;
    // It is shown once, and the entry has only its hash.
    if (printed.split(token).length !== 2) throw new Error(`A token is shown twice:\n${printed}`);
    this.#token = token;
    const team = JSON.parse(readFileSync(this.#teamFile, 'utf8'));
    team.tokens.push(JSON.parse(entry));
    writeFileSync(this.#teamFile, JSON.stringify(team));
  }
}
