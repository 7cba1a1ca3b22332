import { spawn } from 'node:child_process';
import { isatty } from 'node:tty';

/** Opens an address in the browser of whoever sits at this machine. If that fails, the printed address has to do. */
export function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  const child = spawn(command ?? '', args, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

/** Whether somebody sits at the terminal, and not on the other end of a network. */
export function isAtDesk(env: Readonly<Record<string, string | undefined>>): boolean {
  return isatty(1) && !env['SSH_CONNECTION'] && !env['CI'];
}

/**
 * Calls back whenever Enter is pressed, if there is a terminal.
 * @returns a function that stops listening, without which the program would not end.
 */
export function onEnter(callback: () => void): () => void {
  if (!isatty(0)) return () => {};
  process.stdin.on('data', callback);
  return () => {
    process.stdin.off('data', callback);
    process.stdin.pause();
  };
}
