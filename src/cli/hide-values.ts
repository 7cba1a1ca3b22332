/** Names of flags that somebody could expect to take the key. */
const keyFlag = /^--?(?:\w+-)*(?:key|token|secret|password|bearer|auth)\b/i;

/**
 * A message of the command-line parser, which quotes what was typed, reduced to the names of flags: the rest may be the
 * key.
 */
export function hideValues(message: string): string {
  let hint = '';
  const safe = message
    .replace(/(unknown command) '[^\n]*'/, '$1')
    .replace(/'(-[^\n]*)'/g, (_, typed: string) => {
      const [flag] = /^--?[a-z]{1,20}(?:-[a-z]{1,20}){0,4}(?=[= ]|$)/i.exec(typed) ?? [];
      if (keyFlag.test(typed)) {
        hint =
          '\nThe key has no flag, because other users of this machine could see it. Set OPENCX_API_KEY or OPENCX_API_KEY_FILE.';
      }
      return flag === undefined ? '(not shown)' : `'${flag}'`;
    });
  return safe.trimEnd() + hint + (message.endsWith('\n') ? '\n' : '');
}
