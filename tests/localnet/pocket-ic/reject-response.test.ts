import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorCodeName, resultOf } from '../../../src/localnet/pocket-ic/reject-response.ts';
import { CallRejectedError, rejectionOf } from '../../../src/localnet/rejection.ts';

describe('a rejection in the protocol', () => {
  test('names every error code that the network can answer', () => {
    const folder = 'src/localnet';
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const codes = new Set(
      sources.flatMap((name) => readFileSync(join(folder, name), 'utf8').match(/IC0[1-6]\d\d/g) ?? []),
    );
    codes.delete('IC0100');
    codes.delete('IC0699');
    expect(codes.size).toBeGreaterThan(20);
    expect([...codes].filter((code) => errorCodeName(code) === code)).toEqual([]);
  });

  test('has the names of the protocol for both codes, and says whether it is certified', () => {
    const reject = (errorCode: string) => () => {
      throw new CallRejectedError(rejectionOf(errorCode, 'why'));
    };
    expect(resultOf(false, reject('IC0601'))).toEqual({
      Err: {
        reject_code: 'SysUnknown',
        reject_message: 'why',
        error_code: 'DeadlineExpired',
        certified: false,
      },
    });
    expect(resultOf(true, reject('IC0301'))).toEqual({
      Err: {
        reject_code: 'DestinationInvalid',
        reject_message: 'why',
        error_code: 'CanisterNotFound',
        certified: true,
      },
    });
    expect(resultOf(true, () => 'AA==')).toEqual({ Ok: 'AA==' });
  });

  test('is not made of any other failure', () => {
    expect(() =>
      resultOf(true, () => {
        throw new RangeError('a defect');
      }),
    ).toThrow(RangeError);
  });
});
