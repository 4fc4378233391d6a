/** What a piece of text means; a terminal without colour shows all of them alike. */
export type Style = 'strong' | 'quiet' | 'good' | 'active' | 'warning' | 'bad';

export interface Span {
  readonly text: string;
  readonly style?: Style;
}

/** One line of output, before it is fitted to a terminal. */
export type Line = readonly Span[];

export interface LineFormat {
  readonly colour: boolean;
  /** Longer lines are cut and end in `…`. Absent: never. */
  readonly maximumColumns?: number;
}

/** SGR codes (ECMA-48). Only the basic ones: they follow the colours the user has chosen for their terminal. */
const sgr: Readonly<Record<Style, number>> = {
  strong: 1,
  quiet: 2,
  good: 32,
  active: 36,
  warning: 33,
  bad: 31,
};

/** The line as it is written, without a line end. */
export function renderLine(line: Line, { colour, maximumColumns = Infinity }: LineFormat): string {
  const printable = line.map((span) => ({ ...span, text: withoutControls(span.text) }));
  const spans = lineWidth(printable) <= maximumColumns ? printable : cut(printable, maximumColumns);
  return spans
    .map(({ text, style }) =>
      colour && style && text !== '' ? `\u001b[${sgr[style]}m${text}\u001b[0m` : text,
    )
    .join('');
}

/** Columns that a line takes when it is not cut. */
export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + textWidth(text), 0);
}

function cut(line: Line, columns: number): Line {
  let left = columns - 1;
  const kept: Span[] = [];
  for (const span of line) {
    const characters: string[] = [];
    for (const character of span.text) {
      left -= characterWidth(character);
      if (left < 0) return [...kept, { ...span, text: `${characters.join('')}…` }];
      characters.push(character);
    }
    kept.push(span);
  }
  return kept;
}

/** Texts may come from a canister, which must not get to steer the terminal. */
function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** Columns that a text takes. */
export function textWidth(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + characterWidth(character), 0);
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;

function characterWidth(character: string): number {
  if (/\p{M}/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
