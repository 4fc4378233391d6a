import {
  fromOptional,
  variantName,
  type JobStatus,
  type StepStatus,
  type VariantName,
} from '../../client/index.ts';
import { duration } from '../amounts.ts';
import type { Line, Style } from '../terminal/line.ts';
import { wrap } from '../terminal/wrap.ts';

const stateWords: Readonly<Record<VariantName<StepStatus['state']>, readonly [word: string, style: Style]>> =
  {
    pending: ['waiting', 'quiet'],
    inFlight: ['running', 'active'],
    waitingRetry: ['retrying', 'warning'],
    outcomeUnknown: ['checking', 'warning'],
    succeeded: ['done', 'good'],
    failed: ['failed', 'bad'],
    compensating: ['undoing', 'warning'],
    compensated: ['undone', 'quiet'],
  };

const columns = { name: 10, state: 10, attempt: 9, took: 8 } as const;

/**
 * A job as a table of its steps, and what happens next.
 *
 * @param nowNanos time on the network, for what is still running
 * @param maximumColumns where to break the text
 */
export function jobTable(job: JobStatus, nowNanos: bigint, maximumColumns: number): Line[] {
  const next = `${nextAttempt(job, nowNanos)}${job.summary}`;
  const status = variantName(job.status);
  return [
    [{ text: `  Job ${job.id.toString()}  ` }, { text: status, style: statusStyle(status) }],
    [],
    [{ text: `  ${row('Step', 'State', 'Attempt', 'Time')}`, style: 'quiet' }],
    ...job.steps.map((step) => stepRow(step, nowNanos)),
    [],
    ...wrap(next, maximumColumns - 2).map((text) => [{ text: `  ${text}` }]),
  ];
}

function stepRow(step: StepStatus, nowNanos: bigint): Line {
  const [word, style] = stateWords[variantName(step.state)];
  return [
    { text: `  ${variantName(step.name).padEnd(columns.name)}` },
    { text: word.padEnd(columns.state), style },
    { text: attemptText(step).padEnd(columns.attempt) + timeText(step, nowNanos) },
  ];
}

function statusStyle(status: VariantName<JobStatus['status']>): Style {
  if (status === 'completed') return 'good';
  return status === 'parked' || status === 'terminated' ? 'bad' : 'strong';
}

function row(name: string, state: string, attempt: string, time: string): string {
  return `${name.padEnd(columns.name)}${state.padEnd(columns.state)}${attempt.padEnd(columns.attempt)}${time}`;
}

function attemptText({ attempt, maximumAttempts }: StepStatus): string {
  return attempt === 0 ? '' : `${attempt} of ${maximumAttempts}`;
}

function timeText(step: StepStatus, nowNanos: bigint): string {
  const startedAt = fromOptional(step.startedAt);
  if (startedAt === undefined) return '';
  return duration(Number((fromOptional(step.endedAt) ?? nowNanos) - startedAt) / 1e6);
}

function nextAttempt(job: JobStatus, nowNanos: bigint): string {
  const at = fromOptional(job.nextAttemptAt);
  if (variantName(job.status) !== 'waitingRetry' || at === undefined || at <= nowNanos) return '';
  return `Next attempt in ${duration(Number(at - nowNanos) / 1e6)}. `;
}

/** One line for each step that looks different from before, for output that cannot be redrawn. */
export function stepNews(before: JobStatus | undefined, job: JobStatus, nowNanos: bigint): Line[] {
  return job.steps.flatMap((step, index) => {
    const earlier = before?.steps[index];
    const same =
      earlier && variantName(earlier.state) === variantName(step.state) && earlier.attempt === step.attempt;
    if (same || (!earlier && variantName(step.state) === 'pending')) return [];
    const [word] = stateWords[variantName(step.state)];
    const details = [
      step.attempt > 0 ? `attempt ${attemptText(step)}` : '',
      fromOptional(step.endedAt) === undefined ? '' : timeText(step, nowNanos),
      problemText(step),
    ].filter((text) => text !== '');
    return [
      [
        {
          text: `  ${variantName(step.name).padEnd(columns.name)}${word.padEnd(columns.state)}${details.join(', ')}`,
        },
      ],
    ];
  });
}

function problemText(step: StepStatus): string {
  const error = fromOptional(step.lastError);
  return error === undefined || variantName(step.state) === 'succeeded'
    ? ''
    : `${error.code}: ${error.message}`;
}
