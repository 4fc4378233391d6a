import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../src/cli/terminal/line.ts';
import { wrap } from '../../../src/cli/terminal/wrap.ts';

describe('wrapping a text', () => {
  it('breaks it between words', () => {
    expect(wrap('Now installing the Greeter, attempt 1 of 8.', 20)).toEqual([
      'Now installing the',
      'Greeter, attempt 1',
      'of 8.',
    ]);
    expect(wrap('', 20)).toEqual([]);
  });

  it('loses no word, and no line is too long unless it is a single word', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'é', '日', ' ', '\n') }),
        fc.nat(12),
        (text, columns) => {
          const lines = wrap(text, columns);
          expect(lines.join(' ').split(' ').filter(Boolean)).toEqual(text.split(/\s+/u).filter(Boolean));
          for (const line of lines.filter((one) => one.includes(' '))) {
            expect(textWidth(line)).toBeLessThanOrEqual(columns);
          }
        },
      ),
    );
  });
});
