#!/usr/bin/env node
/**
 * Checks that every regular expression in src/ takes linear time, however a text is made. Prints the others and exits
 * with code 1. `node scripts/check-regexps.mjs [folder]` checks another folder, without the exceptions.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { runInNewContext } from 'node:vm';
import { check } from 'recheck';
import ts from 'typescript';

/** What is not checked. `pattern`: the constant that holds it, or how its code begins; without it, the whole file. */
const exceptions = [
  {
    file: 'src/text/mail/html-to-text.ts',
    reason: 'Runs in the mail worker, under its limits of size and time.',
  },
  {
    file: 'src/text/mail/hidden-text.ts',
    reason: 'Runs in the mail worker, under its limits of size and time.',
  },
  { file: 'src/text/mail/css/', reason: 'Runs in the mail worker, under its limits of size and time.' },
  {
    file: 'src/sandbox/automation/rules.ts',
    reason: 'Reads the first 4000 characters of a message, without line breaks (withoutQuotes).',
  },
  {
    file: 'src/cli/doctor/network.ts',
    pattern: 'pem',
    reason: 'Reads the certificates of the person who runs doctor. Proved linear, but that takes too long.',
  },
  {
    file: 'src/client/http/error-message.ts',
    pattern: 'stackStart',
    reason: 'Reads 4000 characters. Each repetition that overlaps another is limited to 300.',
  },
  {
    file: 'src/text/excerpt.ts',
    pattern: 'new RegExp(before + literal',
    reason: 'A word to search for, escaped: nothing is repeated.',
  },
  {
    file: 'src/text/redact.ts',
    pattern: 'new RegExp(`(?=[',
    reason:
      'Made from the key, and too large for recheck. No gap is longer than 64 parts, and none of them can be read as a letter. Measured: eight times the text takes 7.6 to 8.1 times as long, for 22 kinds of text.',
  },
  {
    file: 'src/text/personal-data/redactor.ts',
    pattern: 'new RegExp(`${standIn',
    reason: 'Two expressions without repetitions that are not limited, one of which kinds.ts has alone.',
  },
  {
    file: 'src/text/mail/quotations/earlier-words.ts',
    pattern: 'word',
    reason:
      'recheck does not know the flag v. The only repetition is that of one class, with nothing after it.',
  },
];

/**
 * For one expression; the slowest takes 5 s. Steps are counted instead of milliseconds, so that the result does not
 * depend on the load of the machine.
 */
const parameters = { timeout: 120_000, attackTimeout: null, incubationTimeout: null };

const [folder = 'src'] = process.argv.slice(2);
const used = new Set();
const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) => expressionsIn(join(folder, name)));
const problems = [];
await Promise.all(Array.from({ length: availableParallelism() }, checkNext));
const stale = folder === 'src' ? exceptions.filter((one) => !used.has(one)) : [];
for (const { file, pattern } of stale) problems.push(`${file} ${pattern ?? ''}: the exception is not needed`);
for (const problem of problems.sort()) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function checkNext() {
  for (let next = found.pop(); next !== undefined; next = found.pop()) {
    const { place, text, constant } = next;
    const { status, complexity, attack, error } = constant
      ? await check(constant.source, constant.flags, parameters)
      : { status: 'not constant' };
    if (status === 'safe') continue;
    const details = [complexity?.summary, attack?.pattern, error?.kind].filter(Boolean).join(', ');
    problems.push(`${place} ${text}: ${status}${details && ` (${details})`}`);
  }
}

/** All regular expressions of a file that are not excepted: literals, and calls of RegExp. */
function expressionsIn(path) {
  const file = relative('.', path).replaceAll('\\', '/');
  const source = ts.createSourceFile(file, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const expressions = [];
  visit(source);
  return expressions;

  function visit(node) {
    if (isExpression(node) && !isExcepted(file, node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      const text = node.getText();
      expressions.push({ place: `${file}:${line + 1}`, text, constant: evaluate(text) });
    }
    ts.forEachChild(node, visit);
  }
}

function isExpression(node) {
  if (ts.isRegularExpressionLiteral(node)) return true;
  return (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp';
}

function isExcepted(file, node) {
  const constant = node.parent.name?.getText();
  const exception = exceptions.find(
    ({ file: path, pattern }) =>
      file.startsWith(path) &&
      (pattern === undefined || pattern === constant || node.getText().startsWith(pattern)),
  );
  if (exception) used.add(exception);
  return exception !== undefined;
}

/** The expression itself, or undefined if it depends on variables. */
function evaluate(text) {
  try {
    return runInNewContext(text);
  } catch {
    return undefined;
  }
}
