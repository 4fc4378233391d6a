import { type Line, lineWidth, renderLine } from './line.ts';
import type { Terminal } from './terminal.ts';

/** The last lines on a terminal, redrawn in place. Nothing else may be written between two drawings. */
export class LiveRegion {
  readonly #terminal: Terminal;
  #drawnWidths: readonly number[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Lines that do not fit are cut, in both directions: a wrapped or scrolled line could not be taken back. */
  draw(lines: readonly Line[]): void {
    const columns = this.#terminal.columns();
    const format = { colour: this.#terminal.colour, maximumColumns: Math.max(1, columns - 1) };
    const fitting = lines.slice(0, Math.max(1, this.#terminal.rows() - 1));
    const texts = fitting.map((line) => `${renderLine(line, format)}\n`);
    this.#terminal.write(`${this.#erasing(columns)}${texts.join('')}`);
    this.#drawnWidths = fitting.map((line) => Math.min(lineWidth(line), format.maximumColumns));
  }

  /** A terminal that became narrower meanwhile has wrapped the old lines. */
  #erasing(columns: number): string {
    const rows = this.#drawnWidths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows === 0 ? '' : `\u001b[${rows}A\r\u001b[J`;
  }
}
