import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, lineWidth, renderLine, type Style, textWidth } from '../../../src/cli/terminal/line.ts';

const styles: Style[] = ['strong', 'quiet', 'good', 'active', 'warning', 'bad'];

const anyLine: fc.Arbitrary<Line> = fc.array(
  fc.oneof(
    fc.record({ text: fc.string({ unit: 'binary' }) }),
    fc.record({ text: fc.string({ unit: 'grapheme' }), style: fc.constantFrom(...styles) }),
  ),
);

describe('a line of output', () => {
  it('shows its text, and its meaning in colour where there is colour', () => {
    const line: Line = [{ text: 'create ' }, { text: 'done', style: 'good' }];
    expect(renderLine(line, { colour: false })).toBe('create done');
    expect(renderLine(line, { colour: true })).toBe('create \u001b[32mdone\u001b[0m');
  });

  it('is cut where the terminal ends, with a sign that it was', () => {
    const line: Line = [{ text: 'Job 7 ' }, { text: 'completed', style: 'strong' }];
    expect(renderLine(line, { colour: false, maximumColumns: 15 })).toBe('Job 7 completed');
    expect(renderLine(line, { colour: false, maximumColumns: 14 })).toBe('Job 7 complet…');
    expect(renderLine(line, { colour: true, maximumColumns: 8 })).toBe('Job 7 \u001b[1mc…\u001b[0m');
  });

  it('is never wider than allowed, whatever it says', () => {
    fc.assert(
      fc.property(anyLine, fc.integer({ min: 1, max: 40 }), (line, maximumColumns) => {
        expect(textWidth(renderLine(line, { colour: false, maximumColumns }))).toBeLessThanOrEqual(
          maximumColumns,
        );
      }),
    );
  });

  it('lets no text steer the terminal', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        expect(renderLine(line, { colour: false })).not.toMatch(/\p{Cc}/u);
      }),
    );
    expect(renderLine([{ text: 'a\u001b[2Jb\r\nc\u202ed' }], { colour: false })).toBe('a [2Jb c d');
  });

  it('takes two columns for a wide character and none for an accent of its own', () => {
    expect(lineWidth([{ text: '日本' }, { text: 'e\u0301' }])).toBe(5);
  });
});
