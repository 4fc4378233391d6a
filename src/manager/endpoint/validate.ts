import { utf8Length } from '../bytes.ts';
import { InvalidInputError } from './invalid-input-error.ts';

/** Characters of a wrong text that are shown back. */
const shownCharacters = 64;

/**
 * @throws InvalidInputError unless the text is 1 to `maximumBytes` bytes long in UTF-8
 */
export function requireText(field: string, text: string, maximumBytes: number): string {
  const bytes = utf8Length(text);
  if (bytes < 1 || bytes > maximumBytes) {
    const rule = `must be 1 to ${maximumBytes} bytes of UTF-8, it is ${bytes}`;
    throw new InvalidInputError(field, rule, text.slice(0, shownCharacters));
  }
  return text;
}
