import { readFileSync } from 'node:fs';

/** What docs/team.md says about whoever is not let in: the status of an answer, and parts of its message. */
export interface DocumentedRefusal {
  readonly status: number;
  readonly parts: readonly string[];
}

export function documentedRefusals(): DocumentedRefusal[] {
  const [, section = ''] = readFileSync('docs/team.md', 'utf8').split('### When somebody cannot sign in');
  // A cell may name several: `403 "one", 404 "another", "a third"`.
  const cells = [...section.matchAll(/^\| (\d{3} .*?) \|/gm)].map(([, cell = '']) => cell);
  return cells
    .flatMap((cell) => cell.split(/(?=\b\d{3} ")/))
    .map((answer) => ({
      status: Number(answer.slice(0, 3)),
      parts: [...answer.matchAll(/"([^"]+)"/g)].map(([, part = '']) => part),
    }));
}

/** Whether somebody who reads this message finds it in the page. */
export function isDocumented(status: number, message: string): boolean {
  return documentedRefusals().some(
    (one) => one.status === status && one.parts.some((part) => message.includes(part)),
  );
}
