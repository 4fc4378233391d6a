import { describe, expect, it } from 'vitest';
import { Printer } from '../../../src/cli/terminal/printer.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';

function printed(columns: number, value: string, remark?: string): string {
  const terminal = recordingTerminal({ columns });
  new Printer(terminal).field('Template', value, remark);
  return terminal.written.join('');
}

describe('a labelled value', () => {
  it('has its remark behind it, or under it where that is too far right', () => {
    expect(printed(80, 'Greeter 1.0.0')).toBe('  Template     Greeter 1.0.0\n');
    expect(printed(80, 'Greeter 1.0.0', 'active')).toBe('  Template     Greeter 1.0.0  active\n');
    const value = 'x'.repeat(60);
    const under = `  Template     ${value}\n               active\n`;
    expect(printed(200, value, 'active')).toBe(under);
    expect(printed(30, 'Greeter 1.0.0', 'active')).toBe(
      '  Template     Greeter 1.0.0\n               active\n',
    );
  });
});
