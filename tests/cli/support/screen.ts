import type { Terminal } from '../../../src/cli/terminal/terminal.ts';

/** A terminal's screen as far as our output needs it: text, line ends, wrapping, "cursor up" and "erase below". */
export class Screen implements Terminal {
  readonly redraws = true;
  readonly colour = false;
  /** What has scrolled away is kept on top, as in a terminal with a scroll-back buffer. */
  readonly #lines: string[] = [''];
  #row = 0;
  readonly #columns: number;
  readonly #rows: number;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
  }

  columns(): number {
    return this.#columns;
  }

  rows(): number {
    return this.#rows;
  }

  write(text: string): void {
    for (const part of text.match(/\u001b\[\d*[A-Z]|[^]/gu) ?? []) this.#put(part);
  }

  text(): string {
    return this.#lines.map((line) => line.trimEnd()).join('\n');
  }

  #put(part: string): void {
    const up = /^\u001b\[(\d+)A$/u.exec(part);
    if (up) {
      const top = Math.max(0, this.#lines.length - this.#rows);
      this.#row = Math.max(top, this.#row - Number(up[1]));
    } else if (part === '\u001b[J') {
      this.#lines.length = this.#row + 1;
      this.#lines[this.#row] = '';
    } else if (part === '\n') {
      this.#newLine();
    } else if (part !== '\r') {
      if ((this.#lines[this.#row] ?? '').length >= this.#columns) this.#newLine();
      this.#lines[this.#row] = (this.#lines[this.#row] ?? '') + part;
    }
  }

  #newLine(): void {
    this.#row += 1;
    if (this.#row === this.#lines.length) this.#lines.push('');
  }
}
