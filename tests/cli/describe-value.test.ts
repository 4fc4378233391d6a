import { Principal } from '@dfinity/principal';
import { describe, expect, it } from 'vitest';
import { describeValue } from '../../src/cli/describe-value.ts';

describe('a Candid value for people', () => {
  it.each([
    [{ NoActiveTemplate: null }, 'NoActiveTemplate'],
    [{ TooManyOpenJobs: { open: 5, limit: 5 } }, 'TooManyOpenJobs (open: 5, limit: 5)'],
    [
      { InsufficientCycles: { available: 1n, required: 2n } },
      'InsufficientCycles (available: 1, required: 2)',
    ],
    [{ KeyConflict: { jobId: 7n } }, 'KeyConflict (jobId (7))'],
    [{ VersionConflict: { moduleHash: new Uint8Array([1, 171]) } }, 'VersionConflict (moduleHash (01ab))'],
    [[Principal.anonymous(), true], '2vxsx-fae true'],
    [[], ''],
  ])('is complete and plain: %#', (value, text) => {
    expect(describeValue(value)).toBe(text);
  });
});
