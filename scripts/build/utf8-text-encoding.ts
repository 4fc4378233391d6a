/**
 * `TextEncoder` and `TextDecoder` for UTF-8 alone, put in place of `@sinonjs/text-encoding` when a canister is
 * bundled. That package carries tables for two dozen legacy charsets: five sixths of the bundle, parsed by the
 * canister at every install and upgrade (999 instead of 86 million instructions). The JavaScript engine inside
 * azle's template has no codec of its own.
 *
 * Behaviour: WHATWG Encoding standard, "UTF-8", without streaming.
 */

const replacementCharacter = 0xfffd;

/** Longest argument list passed to `String.fromCharCode` at once; engines keep arguments on their stack. */
const maximumCodeUnitsAtOnce = 8192;

const nonAscii = /[\x80-\xff]/;

export class TextEncoder {
  readonly encoding = 'utf-8';

  /** @returns the UTF-8 bytes of `text`; a lone surrogate becomes U+FFFD. */
  encode(text = ''): Uint8Array {
    const asciiLength = lengthOfAsciiPrefix(text);
    // A code unit never needs more than three bytes (a surrogate pair: four for two units).
    const bytes = new Uint8Array(asciiLength + (text.length - asciiLength) * 3);
    for (let index = 0; index < asciiLength; index++) bytes[index] = text.charCodeAt(index);
    if (asciiLength === text.length) return bytes;

    let end = asciiLength;
    for (let index = asciiLength; index < text.length; index++) {
      const codePoint = scalarValueAt(text, index);
      if (codePoint > 0xffff) index++;
      end = writeUtf8(codePoint, bytes, end);
    }
    return bytes.slice(0, end);
  }
}

function lengthOfAsciiPrefix(text: string): number {
  let length = 0;
  while (length < text.length && text.charCodeAt(length) < 0x80) length++;
  return length;
}

function scalarValueAt(text: string, index: number): number {
  const codePoint = text.codePointAt(index) ?? replacementCharacter;
  return codePoint >= 0xd800 && codePoint <= 0xdfff ? replacementCharacter : codePoint;
}

/** @returns the position behind the bytes written. */
function writeUtf8(codePoint: number, bytes: Uint8Array, at: number): number {
  if (codePoint < 0x80) {
    bytes[at] = codePoint;
    return at + 1;
  }
  if (codePoint < 0x800) {
    bytes[at] = 0xc0 | (codePoint >> 6);
    bytes[at + 1] = 0x80 | (codePoint & 0x3f);
    return at + 2;
  }
  if (codePoint < 0x10000) {
    bytes[at] = 0xe0 | (codePoint >> 12);
    bytes[at + 1] = 0x80 | ((codePoint >> 6) & 0x3f);
    bytes[at + 2] = 0x80 | (codePoint & 0x3f);
    return at + 3;
  }
  bytes[at] = 0xf0 | (codePoint >> 18);
  bytes[at + 1] = 0x80 | ((codePoint >> 12) & 0x3f);
  bytes[at + 2] = 0x80 | ((codePoint >> 6) & 0x3f);
  bytes[at + 3] = 0x80 | (codePoint & 0x3f);
  return at + 4;
}

export class TextDecoder {
  readonly encoding = 'utf-8';
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;

  /** @throws RangeError for a label other than UTF-8's. */
  constructor(label = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    if (!/^\s*(unicode-1-1-)?utf-?8\s*$/i.test(label)) {
      throw new RangeError(`Only UTF-8 is supported in a canister, not "${label}".`);
    }
    this.fatal = options.fatal ?? false;
    this.ignoreBOM = options.ignoreBOM ?? false;
  }

  /** @throws TypeError when `fatal` is set and the bytes are not valid UTF-8. */
  decode(input?: ArrayBuffer | ArrayBufferView): string {
    if (input === undefined) return '';
    const bytes = toBytes(input);
    if (bytes.length <= maximumCodeUnitsAtOnce) {
      // Reading bytes as Latin-1 and searching the text is by far the cheapest test for "all ASCII" here.
      const latin1 = String.fromCharCode(...bytes);
      if (!nonAscii.test(latin1)) return latin1;
    }
    return this.#decodeUtf8(bytes);
  }

  #decodeUtf8(bytes: Uint8Array): string {
    let text = '';
    let codeUnits: number[] = [];
    let position = !this.ignoreBOM && startsWithByteOrderMark(bytes) ? 3 : 0;
    while (position < bytes.length) {
      const { codePoint, next } = readUtf8(bytes, position);
      position = next;
      if (codePoint === undefined && this.fatal) throw new TypeError('The bytes are not valid UTF-8.');
      const scalarValue = codePoint ?? replacementCharacter;
      if (scalarValue > 0xffff) {
        codeUnits.push(0xd7c0 + (scalarValue >> 10), 0xdc00 + (scalarValue & 0x3ff));
      } else {
        codeUnits.push(scalarValue);
      }
      if (codeUnits.length >= maximumCodeUnitsAtOnce) {
        text += String.fromCharCode(...codeUnits);
        codeUnits = [];
      }
    }
    return text + String.fromCharCode(...codeUnits);
  }
}

function toBytes(input: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (input instanceof Uint8Array) return input;
  return ArrayBuffer.isView(input)
    ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
    : new Uint8Array(input);
}

function startsWithByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/**
 * Reads one code point. `codePoint` is `undefined` for an ill-formed sequence, and `next` is then behind its
 * longest valid prefix, so that the number of replacement characters is the standard's.
 */
function readUtf8(bytes: Uint8Array, start: number): { codePoint: number | undefined; next: number } {
  const lead = bytes[start] ?? 0;
  let position = start + 1;
  if (lead < 0x80) return { codePoint: lead, next: position };

  const continuationCount = continuationBytesAfter(lead);
  if (continuationCount === 0) return { codePoint: undefined, next: position };

  // The second byte's range excludes over-long forms (E0, F0), surrogates (ED) and values above U+10FFFF (F4).
  let lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  let highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  let codePoint = lead & (0x3f >> continuationCount);
  for (let count = 0; count < continuationCount; count++) {
    const byte = bytes[position];
    if (byte === undefined || byte < lowest || byte > highest)
      return { codePoint: undefined, next: position };
    codePoint = (codePoint << 6) | (byte & 0x3f);
    position++;
    lowest = 0x80;
    highest = 0xbf;
  }
  return { codePoint, next: position };
}

function continuationBytesAfter(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 1;
  if (lead >= 0xe0 && lead <= 0xef) return 2;
  if (lead >= 0xf0 && lead <= 0xf4) return 3;
  return 0;
}
