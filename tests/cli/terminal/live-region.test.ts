import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderLine } from '../../../src/cli/terminal/line.ts';
import { LiveRegion } from '../../../src/cli/terminal/live-region.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';
import { Screen } from '../support/screen.ts';

const drawing = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), { maxLength: 9 });

describe('a region redrawn in place', () => {
  it('leaves what was above it and exactly the last drawing, on a screen of any size', () => {
    fc.assert(
      fc.property(
        fc.array(drawing, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 2, max: 12 }),
        (drawings, columns, rows) => {
          const screen = new Screen(columns, rows);
          screen.write('+\n');
          const region = new LiveRegion(screen);
          const fitted = drawings.map((texts) => {
            const lines = texts.map((text) => [{ text }]);
            region.draw(lines);
            return lines
              .slice(0, rows - 1)
              .map((line) => renderLine(line, { colour: false, maximumColumns: columns - 1 }).trimEnd());
          });
          expect(screen.text()).toBe(['+', ...(fitted.at(-1) ?? []), ''].join('\n'));
        },
      ),
    );
  });

  it('takes back also what a terminal that became narrower has wrapped', () => {
    const size = { redraws: true, columns: 20 };
    const terminal = recordingTerminal(size);
    const narrowing = { ...terminal, columns: () => size.columns };
    const region = new LiveRegion(narrowing);
    region.draw([[{ text: 'fifteen columns' }], [{ text: 'short' }]]);
    size.columns = 7;
    region.draw([[{ text: 'new' }]]);
    expect(terminal.written).toEqual(['fifteen columns\nshort\n', '\u001b[4A\r\u001b[Jnew\n']);
  });
});
