import { describe, expect, it } from 'vitest';
import { isEnded, sagaStatuses, statusEdges } from '../../src/saga/index.ts';

describe('the map of statuses', () => {
  it('has exactly three ends', () => {
    expect(sagaStatuses.filter(isEnded)).toEqual(['completed', 'compensated', 'terminated']);
  });

  it('keeps the order that stored records refer to', () => {
    expect(sagaStatuses).toEqual([
      'queued',
      'running',
      'waitingRetry',
      'reconciling',
      'compensating',
      'parked',
      'completed',
      'compensated',
      'terminated',
    ]);
  });

  it('names every status, and leads back to the queue from nowhere', () => {
    expect(Object.keys(statusEdges)).toEqual([...sagaStatuses]);
    expect(Object.values(statusEdges).flat()).not.toContain('queued');
    for (const [from, targets] of Object.entries(statusEdges)) expect(targets).not.toContain(from);
  });

  it('reaches an end from every status', () => {
    for (const status of sagaStatuses.filter((each) => !isEnded(each))) {
      expect(statusEdges[status].some(isEnded)).toBe(true);
    }
  });
});
