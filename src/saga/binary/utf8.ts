const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder('utf-8', { fatal: true });

/** Texts whose bytes are remembered, and the longest of them: names, codes and versions, which come up all the time. */
const maximumKnownTexts = 200;
const maximumKnownCharacters = 64;

const knownTexts = new Map<string, Uint8Array>();

/**
 * The bytes of a text, not to be changed. Short texts are remembered, for encoding one takes QuickJS as long as writing
 * twenty numbers.
 */
export function utf8Of(text: string): Uint8Array {
  const known = knownTexts.get(text);
  if (known) return known;
  const bytes = textEncoder.encode(text);
  if (text.length > maximumKnownCharacters) return bytes;
  if (knownTexts.size >= maximumKnownTexts) knownTexts.clear();
  knownTexts.set(text, bytes);
  return bytes;
}

/**
 * The text of bytes.
 *
 * @throws TypeError when they are not UTF-8
 */
export function textOf(bytes: Uint8Array): string {
  if (bytes.length > maximumKnownCharacters) return textDecoder.decode(bytes);
  // Byte for character is right where all are ASCII, as most are, and takes a fraction of decoding.
  const text = String.fromCharCode(...bytes);
  return /[\u0080-\u00ff]/.test(text) ? textDecoder.decode(bytes) : text;
}
