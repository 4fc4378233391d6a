import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { templateArgument } from '../../scripts/template-argument.ts';

/** The bytes of a blob in Candid's text format, all of them escaped. */
function bytesOf(blob: string): Uint8Array {
  return Uint8Array.from(Buffer.from(blob.replaceAll('\\', ''), 'hex'));
}

test('the argument of publishTemplate holds the version, the module, and its hash', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (module) => {
      const text = templateArgument('1.2.3', module);
      const pattern =
        /^\(record { version = "1\.2\.3"; module = blob "(.*?)"; moduleHash = blob "(.*?)" }\)\n$/;
      const [, moduleText = '', hashText = ''] = pattern.exec(text) ?? [];
      expect(bytesOf(moduleText)).toEqual(module);
      expect(bytesOf(hashText)).toEqual(new Uint8Array(createHash('sha256').update(module).digest()));
    }),
  );
});
