/** Where a saga stands, for people: flat and exclusive, so that "running" never hides "waiting for a retry". */
export type SagaStatus =
  | 'queued'
  | 'running'
  | 'waitingRetry'
  | 'reconciling'
  | 'compensating'
  | 'parked'
  | 'completed'
  | 'compensated'
  | 'terminated';

/** Every status, in the order of the binary record format: append only. */
export const sagaStatuses: readonly SagaStatus[] = [
  'queued',
  'running',
  'waitingRetry',
  'reconciling',
  'compensating',
  'parked',
  'completed',
  'compensated',
  'terminated',
];

/**
 * The edges a saga may move along; a status may also stay as it is. Ends have none: they are final.
 * The engine asserts this at every decision, so a decision that would leave the map is a defect and not a state.
 */
export const statusEdges: Readonly<Record<SagaStatus, readonly SagaStatus[]>> = {
  queued: ['running', 'waitingRetry', 'parked', 'compensating', 'compensated', 'terminated'],
  running: ['waitingRetry', 'reconciling', 'compensating', 'parked', 'completed', 'terminated'],
  waitingRetry: ['running', 'reconciling', 'compensating', 'parked', 'completed', 'terminated'],
  reconciling: ['running', 'waitingRetry', 'compensating', 'parked', 'completed', 'terminated'],
  compensating: ['parked', 'compensated', 'terminated'],
  parked: ['running', 'waitingRetry', 'reconciling', 'compensating', 'completed', 'terminated'],
  completed: [],
  compensated: [],
  terminated: [],
};

/** Whether the saga has reached an end: nothing will ever change it again. */
export function isEnded(status: SagaStatus): boolean {
  return statusEdges[status].length === 0;
}

/** What the outside (owner or operator) may ask of a saga. */
export type SagaAction = 'retry';

/**
 * The one predicate that decides which actions a status allows; queries, updates and screens all use it,
 * so that a button is never offered that the Manager would refuse.
 *
 * @param status the saga's status
 * @returns the actions allowed now, possibly none
 */
export function allowedActions(status: SagaStatus): readonly SagaAction[] {
  return status === 'parked' || status === 'waitingRetry' ? ['retry'] : [];
}
