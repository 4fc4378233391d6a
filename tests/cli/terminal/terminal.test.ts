import { describe, expect, it } from 'vitest';
import { terminalOf } from '../../../src/cli/terminal/terminal.ts';

const write = (): void => undefined;

describe('what a stream can do', () => {
  it.each([
    ['a terminal', true, {}, { redraws: true, colour: true }],
    ['a pipe', undefined, {}, { redraws: false, colour: false }],
    ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, { redraws: true, colour: false }],
    ['a terminal with an empty NO_COLOR', true, { NO_COLOR: '' }, { redraws: true, colour: true }],
    ['a dumb terminal', true, { TERM: 'dumb' }, { redraws: false, colour: false }],
  ])('is known for %s', (_name, isTTY, environment, expected) => {
    const stream = isTTY === undefined ? { write } : { isTTY, write };
    expect(terminalOf(stream, environment)).toMatchObject(expected);
  });

  it('is assumed to be 80 by 24 when the terminal does not know its size, and follows it when it does', () => {
    const stream = { isTTY: true, columns: 0, rows: 0, write };
    const terminal = terminalOf(stream, {});
    expect([terminal.columns(), terminal.rows()]).toEqual([80, 24]);
    stream.columns = 40;
    stream.rows = 10;
    expect([terminal.columns(), terminal.rows()]).toEqual([40, 10]);
  });
});
