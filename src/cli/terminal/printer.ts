import { type Line, lineWidth, renderLine, type Span } from './line.ts';
import type { Terminal } from './terminal.ts';

/** Width of the labels of a block, so that all blocks of a command align. */
const labelColumns = 13;

/** Most terminals are at least this wide, and longer lines read badly in any. */
export const comfortableColumns = 80;

/** Writes lines that stay. */
export class Printer {
  readonly terminal: Terminal;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  line(...spans: (Span | string)[]): void {
    const line: Line = spans.map((span) => (typeof span === 'string' ? { text: span } : span));
    this.terminal.write(`${renderLine(line, this.terminal)}\n`);
  }

  /** `  Label        value`, and behind the value, or under it where that is too far right, a remark about it. */
  field(label: string, value: string, remark = ''): void {
    const labelled = [{ text: `  ${label.padEnd(labelColumns)}`, style: 'quiet' }, { text: value }] as const;
    const remarkSpan = { text: remark, style: 'quiet' } as const;
    const oneLine = [...labelled, { text: '  ' }, remarkSpan];
    if (remark === '') {
      this.line(...labelled);
    } else if (lineWidth(oneLine) <= Math.min(comfortableColumns, this.terminal.columns())) {
      this.line(...oneLine);
    } else {
      this.line(...labelled);
      this.line(''.padEnd(labelColumns + 2), remarkSpan);
    }
  }
}
