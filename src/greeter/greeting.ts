/** What the Greeter says, and the limits of what it is told. Pure. */

/** Longest name `greet` accepts, in characters (Unicode code points) of any script. */
export const maximumNameCharacters = 1_000;

/** Longest greeting phrase, in bytes of UTF-8. The shortest has one byte. */
export const maximumGreetingBytes = 64;

/** The phrase of a Greeter that was given none. */
export const defaultGreeting = 'Hello';

/** A refusal in words for the caller: a stable code, a colon, and what to do. */
export type Refusal = string;

/** @returns `Hello, Alice!` for the phrase `Hello` and the name `Alice`. */
export function greet(greeting: string, name: string): string {
  return `${greeting}, ${name}!`;
}

/** @returns why `greet` refuses this name, or `undefined` when it does not. */
export function refuseName(name: string): Refusal | undefined {
  const characters = countCharacters(name);
  return characters <= maximumNameCharacters
    ? undefined
    : `name-too-long: a name has at most ${maximumNameCharacters} characters; this one has ${characters}.`;
}

/** @returns why this phrase cannot be the greeting, or `undefined` when it can. */
export function refuseGreeting(greeting: string): Refusal | undefined {
  const bytes = new TextEncoder().encode(greeting).length;
  if (bytes === 0) return 'greeting-empty: a greeting has at least one byte.';
  return bytes <= maximumGreetingBytes
    ? undefined
    : `greeting-too-long: a greeting has at most ${maximumGreetingBytes} bytes of UTF-8; this one has ${bytes}.`;
}

function countCharacters(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    // The second half of a surrogate pair belongs to the character before it.
    const codeUnit = text.charCodeAt(index);
    if (codeUnit < 0xdc00 || codeUnit > 0xdfff) count++;
  }
  return count;
}
