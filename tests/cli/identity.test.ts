import { describe, expect, it } from 'vitest';
import { freshPrincipal } from '../../src/cli/identity.ts';

describe('a fresh identity', () => {
  it('is self-authenticating, never anonymous and never twice the same', () => {
    const [one, other] = [freshPrincipal(), freshPrincipal()];
    // IC interface spec, "Principals": 28 bytes of hash, then 2.
    expect(one.toUint8Array()).toHaveLength(29);
    expect(one.toUint8Array()[28]).toBe(2);
    expect(one.toText()).not.toBe(other.toText());
  });
});
