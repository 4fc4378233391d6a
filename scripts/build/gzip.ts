import { gzipSync } from 'node:zlib';

/**
 * Compresses a module. The hash of an installed module is taken over the bytes as uploaded, so these must not
 * depend on the machine: zlib writes no time stamp here but does write the operating system's number.
 */
export function gzipModule(wasm: Uint8Array): Buffer {
  const compressed = gzipSync(wasm, { level: 9 });
  const operatingSystemOffset = 9; // RFC 1952, section 2.3
  const unknownOperatingSystem = 255;
  compressed[operatingSystemOffset] = unknownOperatingSystem;
  return compressed;
}
