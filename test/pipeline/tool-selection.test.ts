import { describe, expect, it } from 'vitest';
import { instructions } from '../../src/mcp/instructions.ts';
import { selectTools } from '../../src/pipeline/tool-selection.ts';
import { tools } from '../../src/tools/index.ts';

const names = (selection: Parameters<typeof selectTools>[1]) =>
  selectTools(tools, selection).map(({ name }) => name);

describe('selectTools', () => {
  it('keeps all in their order when nothing is said', () => {
    expect(names({})).toEqual(tools.map(({ name }) => name));
  });

  it('drops every write when reading only', () => {
    expect(names({ readOnly: true })).toEqual([
      'list_sessions',
      'search_sessions',
      'get_session',
      'get_session_history',
    ]);
  });

  it('keeps the fixed order whatever order the names come in', () => {
    expect(names({ only: ['send_message', 'get_session'] })).toEqual(['get_session', 'send_message']);
  });

  it('lets exclusion and read-only win over a name that was asked for', () => {
    expect(names({ only: ['send_message', 'get_session'], exclude: ['get_session'] })).toEqual([
      'send_message',
    ]);
    expect(names({ only: ['send_message', 'get_session'], readOnly: true })).toEqual(['get_session']);
  });

  it('stops when no tool is left', () => {
    expect(() => names({ only: ['send_message'], readOnly: true })).toThrow('leaves none');
    expect(() => names({ only: ['get_session'], exclude: ['get_session'] })).toThrow('leaves none');
  });

  it('stops at a name that is no tool, with the closest name and the list', () => {
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

  it('speak only of tools that are there', () => {
    const text = instructions(selectTools(tools, { readOnly: true, exclude: ['search_sessions'] }));
    for (const absent of ['search_sessions', 'send_message', 'update_session', 'create_session']) {
      expect(text).not.toContain(absent);
    }
    expect(text).toContain('This server only reads.');
  });
});
