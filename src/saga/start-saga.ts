import type { SagaDefinition } from './definition.ts';
import type { SagaRecord } from './record.ts';

/**
 * A new saga, queued and due at once.
 *
 * @param definition its steps
 * @param id unique for ever
 * @param facts what is known from the start
 * @param nowMs the present, in milliseconds since 1970-01-01 UTC
 */
export function startSaga<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  id: bigint,
  facts: Facts,
  nowMs: number,
): SagaRecord<Facts> {
  return {
    id,
    definitionName: definition.name,
    definitionVersion: definition.version,
    status: 'queued',
    cursor: 0,
    steps: definition.steps.map(() => ({ state: 'pending', attempt: 0, reconcileAttempt: 0 })),
    facts,
    attempts: 0,
    dueAtMs: nowMs,
    lateAnswers: 0,
    version: 0,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}
