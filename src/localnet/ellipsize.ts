const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const ellipsis = '...';

/**
 * Leaves out the middle of a text that is too long. Source: dfinity/ic `rs/utils/src/str.rs`, `StrEllipsize`.
 *
 * @param maximumBytes - of the result as UTF-8; at least the three of the dots
 * @param prefixPercentage - how much of them is kept of the beginning; the end gets what is left
 */
export function ellipsize(text: string, maximumBytes: number, prefixPercentage: number): string {
  // No character of JavaScript's takes more than three bytes.
  if (text.length * 3 <= maximumBytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= maximumBytes) return text;
  const kept = maximumBytes - ellipsis.length;
  const prefixBytes = Math.min(Math.floor((maximumBytes * prefixPercentage) / 100), kept);
  let prefixEnd = prefixBytes;
  while (isInsideCharacter(bytes[prefixEnd])) prefixEnd -= 1;
  let suffixStart = bytes.length - (kept - prefixBytes);
  while (isInsideCharacter(bytes[suffixStart])) suffixStart += 1;
  return (
    decoder.decode(bytes.subarray(0, prefixEnd)) + ellipsis + decoder.decode(bytes.subarray(suffixStart))
  );
}

function isInsideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
