import { describe, expect, it } from 'vitest';
import { decide } from '../../src/saga/index.ts';
import type { SagaEvent } from '../../src/saga/index.ts';
import { applied } from './support/answers.ts';
import type { TestFacts } from './support/definition.ts';
import { SagaDriver } from './support/saga-driver.ts';

describe('a decision', () => {
  it('counts the version, notes the time, and journals the event before anything is performed', () => {
    const driver = new SagaDriver().later(250).wake();
    const event: SagaEvent<TestFacts> = { type: 'wake', epoch: 1, hostVersion: 40n };
    expect(driver.saga).toMatchObject({ version: 1, updatedAtMs: driver.nowMs });
    expect(driver.effects).toEqual([
      { kind: 'record', entry: { sequence: 1, atMs: driver.nowMs, event } },
      { kind: 'perform', attempt: driver.open, action: { phase: 'execute', step: 'first', serial: 1 } },
    ]);
  });

  it('leaves the record it was given as it was', () => {
    const driver = new SagaDriver();
    const before = structuredClone(driver.saga);
    const given = driver.saga;
    driver.wake().answer(applied({ a: '1' }));
    expect(given).toEqual(before);
  });

  it('is refused with another definition, or another version of it, than the saga was started with', () => {
    const { definition, saga, nowMs } = new SagaDriver();
    const wake: SagaEvent<TestFacts> = { type: 'wake', epoch: 1, hostVersion: 40n };
    expect(() => decide({ ...definition, version: 2 }, saga, wake, nowMs)).toThrow(
      'saga 7: started with test version 1, not with test version 2',
    );
    expect(() => decide({ ...definition, name: 'other' }, saga, wake, nowMs)).toThrow(
      'saga 7: started with test version 1, not with other version 1',
    );
  });
});
