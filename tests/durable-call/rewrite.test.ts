import { beforeAll, describe, expect, it } from 'vitest';
import { addDurableCalls, assertDurable } from '../../src/durable-call/build.ts';
import { buildCaller } from './canisters/builds.ts';
import { peerModule } from './peer-canister.ts';

const responseMethod = 'onResponse';

function errorCode(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'none';
}

describe('the rewrite', () => {
  let fromAzle: Uint8Array;
  let rewritten: Uint8Array;

  beforeAll(async () => {
    fromAzle = await buildCaller('callerWithoutRewrite');
    rewritten = await buildCaller('caller');
  });

  it('leaves a module that keeps the contract', () => {
    expect(
      errorCode(() => {
        assertDurable(rewritten, { responseMethod });
      }),
    ).toBe('none');
  });

  it('is found missing in a module that was not rewritten', () => {
    expect(
      errorCode(() => {
        assertDurable(fromAzle, { responseMethod });
      }),
    ).toBe('durable-call.not-rewritten');
  });

  it('is found incomplete when the response handler can be called from outside', () => {
    const withoutHandler = addDurableCalls(fromAzle);
    expect(
      errorCode(() => {
        assertDurable(withoutHandler, { responseMethod });
      }),
    ).toBe('durable-call.not-rewritten');
  });

  it('is refused for a canister that lacks the response handler', () => {
    expect(errorCode(() => addDurableCalls(fromAzle, { responseMethod: 'noSuchMethod' }))).toBe(
      'durable-call.missing-export',
    );
  });

  it('is refused for a module that is not from azle', () => {
    expect(errorCode(() => addDurableCalls(peerModule()))).toBe('durable-call.missing-export');
  });

  it('is refused the second time, because the slots are taken', () => {
    expect(errorCode(() => addDurableCalls(rewritten))).toBe('durable-call.table');
  });

  it('adds less than two kilobytes', () => {
    expect(rewritten.length - fromAzle.length).toBeLessThan(2048);
  });
});
