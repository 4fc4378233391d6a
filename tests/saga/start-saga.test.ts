import { describe, expect, it } from 'vitest';
import { startSaga } from '../../src/saga/index.ts';
import { testDefinition } from './support/definition.ts';

describe('a new saga', () => {
  it('is queued, due at once, and has tried nothing yet', () => {
    expect(startSaga(testDefinition(), 3n, { a: '1' }, 1_700_000_000_000)).toEqual({
      id: 3n,
      definitionName: 'test',
      definitionVersion: 1,
      status: 'queued',
      cursor: 0,
      steps: [
        { state: 'pending', attempt: 0, reconcileAttempt: 0 },
        { state: 'pending', attempt: 0, reconcileAttempt: 0 },
      ],
      facts: { a: '1' },
      attempts: 0,
      dueAtMs: 1_700_000_000_000,
      lateAnswers: 0,
      version: 0,
      createdAtMs: 1_700_000_000_000,
      updatedAtMs: 1_700_000_000_000,
    });
  });
});
