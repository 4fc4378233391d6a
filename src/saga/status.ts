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
  queued: ['running', 'waitingRetry', 'parked', 'compensated'],
  running: ['waitingRetry', 'reconciling', 'compensating', 'parked', 'completed', 'compensated'],
  waitingRetry: [
    'running',
    'reconciling',
    'compensating',
    'parked',
    'completed',
    'compensated',
    'terminated',
  ],
  reconciling: ['running', 'waitingRetry', 'compensating', 'parked', 'completed', 'compensated'],
  compensating: ['parked', 'compensated'],
  parked: [
    'running',
    'waitingRetry',
    'reconciling',
    'compensating',
    'completed',
    'compensated',
    'terminated',
  ],
  completed: [],
  compensated: [],
  terminated: [],
};

/** Whether the saga has reached an end: nothing will ever change it again. */
export function isEnded(status: SagaStatus): boolean {
  return statusEdges[status].length === 0;
}
