import { describe, expect, it } from 'vitest';
import { instructions } from '../../src/mcp/instructions.ts';
import { selectsCard, selectTools } from '../../src/pipeline/tool-selection.ts';
import { tools } from '../../src/tools/index.ts';
import { readTools } from '../support/every-tool/covers-every-tool.ts';

const names = (selection: Parameters<typeof selectTools>[1]) =>
  selectTools(tools, selection).map(({ name }) => name);

describe('selectTools', () => {
  it('returns all tools in their order by default', () => {
    expect(names({})).toEqual(tools.map(({ name }) => name));
  });

  it('drops every write tool if read-only', () => {
    expect(names({ readOnly: true })).toEqual(readTools);
    expect(readTools).not.toContain('send_message');
  });

  it('keeps the fixed order, whatever the order of the names', () => {
    expect(names({ only: ['send_message', 'get_session'] })).toEqual(['get_session', 'send_message']);
  });

  it('lets exclude and read-only override a selected name', () => {
    expect(names({ only: ['send_message', 'get_session'], exclude: ['get_session'] })).toEqual([
      'send_message',
    ]);
    expect(names({ only: ['send_message', 'get_session'], readOnly: true })).toEqual(['get_session']);
  });

  it('throws if no tool is left', () => {
    expect(() => names({ only: ['send_message'], readOnly: true })).toThrow('leaves none');
    expect(() => names({ only: ['get_session'], exclude: ['get_session'] })).toThrow('leaves none');
  });

  it('throws for an unknown name, with the closest name and the list', () => {
    expect(() => names({ exclude: ['send_mesage'] })).toThrow(
      'Did you mean send_message? Known tools: list_sessions,',
    );
    expect(() => names({ only: ['bogus'] })).toThrow('There is no tool named "bogus". Known tools:');
  });
});

describe('instructions', () => {
  it('stay under 2 KB with every tool', () => {
    expect(Buffer.byteLength(instructions(tools))).toBeLessThan(2048);
  });

  it('mention only tools that are offered', () => {
    const text = instructions(selectTools(tools, { readOnly: true, exclude: ['search_sessions'] }));
    for (const absent of ['search_sessions', 'send_message', 'update_session', 'create_session']) {
      expect(text).not.toContain(absent);
    }
    expect(text).toContain('This server only reads.');
  });

  it.each([
    [{ only: ['count_sessions'] }, ': count_sessions counts them.'],
    [{ only: ['find_messages'] }, ': find_messages finds what was written since a time.'],
    [{}, ': count_sessions counts them, find_messages finds what was written since a time.'],
  ])('name the offered tools for questions over many sessions: %j', (selection, expected) => {
    expect(instructions(selectTools(tools, selection))).toContain(`one by one${expected}`);
    expect(instructions(selectTools(tools, { only: ['get_session'] }))).not.toContain('one by one');
  });
});

describe('the card', () => {
  it.each([
    ['by default', {}, true],
    ['if only reads are', { readOnly: true }, true],
    ['by the name of its first tool', { only: ['list_sessions', 'show_session'] }, true],
    ['not beside other named tools', { only: ['get_session', 'get_session_history'] }, false],
    ['not if one of its tools is excluded', { exclude: ['view_session'] }, false],
    ['not if what it shows is excluded', { exclude: ['get_session_history'] }, false],
    [
      'not if it is named and excluded',
      { only: ['get_session', 'show_session'], exclude: ['show_session'] },
      false,
    ],
  ])('is selected %s', (_, selection, expected) => {
    expect(() => names(selection)).not.toThrow();
    expect(selectsCard(selection)).toBe(expected);
  });

  it('is not all that a server offers', () => {
    expect(() => names({ only: ['show_session'] })).toThrow('leaves none');
  });
});
