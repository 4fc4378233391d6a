import { Principal } from '@dfinity/principal';
import { describe, expect, it } from 'vitest';
import { jobProgress } from '../../../src/cli/demo/job-progress.ts';
import { Printer } from '../../../src/cli/terminal/printer.ts';
import type { JobStatus, StepName, StepState, StepStatus, VariantName } from '../../../src/client/index.ts';
import { jobStatus } from '../../client/support/job.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';
import { Screen } from '../support/screen.ts';

const second = 1_000_000_000n;

function step(
  name: VariantName<StepName>,
  state: VariantName<StepState>,
  fields: Partial<StepStatus> = {},
): StepStatus {
  return {
    name: { [name]: null } as StepName,
    state: { [state]: null } as StepState,
    attempt: state === 'pending' ? 0 : 1,
    maximumAttempts: 8,
    startedAt: state === 'pending' ? [] : [10n * second],
    endedAt: state === 'succeeded' ? [12n * second] : [],
    lastError: [],
    evidence: [],
    ...fields,
  };
}

/** The life of a job with one retry, in four looks. */
const life: JobStatus[] = [
  jobStatus({
    version: 0n,
    steps: [step('create', 'pending'), step('install', 'pending')],
    summary: 'Accepted; waiting for a free place, then creating the canister.',
  }),
  jobStatus({
    version: 1n,
    status: { running: null },
    steps: [step('create', 'inFlight'), step('install', 'pending')],
    summary: 'Now creating the canister, attempt 1 of 8.',
  }),
  jobStatus({
    version: 3n,
    status: { waitingRetry: null },
    steps: [
      step('create', 'succeeded'),
      step('install', 'waitingRetry', {
        lastError: [
          { class: { retryable: null }, code: 'sysTransient', message: 'IC0207: busy', at: 12n * second },
        ],
      }),
    ],
    nextAttemptAt: [17n * second],
    summary:
      'The last attempt at installing the Greeter did not take effect (sysTransient: IC0207: busy); it is tried again at its next attempt time.',
  }),
  jobStatus({
    version: 6n,
    status: { completed: null },
    greeterId: [Principal.fromText('uxrrr-q7777-77774-qaaaq-cai')],
    steps: [step('create', 'succeeded'), step('install', 'succeeded', { attempt: 2 })],
    summary: 'Done: the Greeter is uxrrr-q7777-77774-qaaaq-cai, and its owner is its only controller.',
  }),
];

const now = (): bigint => 13n * second;

function screens(columns: number): string[] {
  const screen = new Screen(columns, 24);
  const show = jobProgress(new Printer(screen), now);
  return life.map((job) => {
    show(job);
    return screen.text();
  });
}

describe('a job on a terminal', () => {
  it('is a table that is redrawn in place', () => {
    expect(screens(80)).toEqual([
      `  Job 1  queued

  Step      State     Attempt  Time
  create    waiting
  install   waiting

  Accepted; waiting for a free place, then creating the canister.
`,
      `  Job 1  running

  Step      State     Attempt  Time
  create    running   1 of 8   3.0 s
  install   waiting

  Now creating the canister, attempt 1 of 8.
`,
      `  Job 1  waitingRetry

  Step      State     Attempt  Time
  create    done      1 of 8   2.0 s
  install   retrying  1 of 8   3.0 s

  Next attempt in 4.0 s. The last attempt at installing the Greeter did not
  take effect (sysTransient: IC0207: busy); it is tried again at its next
  attempt time.
`,
      `  Job 1  completed

  Step      State     Attempt  Time
  create    done      1 of 8   2.0 s
  install   done      2 of 8   2.0 s

  Done: the Greeter is uxrrr-q7777-77774-qaaaq-cai, and its owner is its only
  controller.
`,
    ]);
  });

  it('still is one when the terminal is narrow', () => {
    expect(screens(30).at(-1)).toBe(`  Job 1  completed

  Step      State     Attemp…
  create    done      1 of 8…
  install   done      2 of 8…

  Done: the Greeter is
  uxrrr-q7777-77774-qaaaq-ca…
  and its owner is its only
  controller.
`);
  });

  it('says by colour how each step stands', () => {
    const terminal = recordingTerminal({ redraws: true, colour: true });
    const show = jobProgress(new Printer(terminal), now);
    for (const job of life.slice(1, 3)) show(job);
    const [running, retrying] = terminal.written;
    expect(running).toContain('create    \u001b[36mrunning   \u001b[0m');
    expect(running).toContain('install   \u001b[2mwaiting   \u001b[0m');
    expect(retrying).toContain('create    \u001b[32mdone      \u001b[0m');
    expect(retrying).toContain('install   \u001b[33mretrying  \u001b[0m');
  });
});

describe('a job on anything else', () => {
  it('is one plain line for each change of a step', () => {
    const terminal = recordingTerminal();
    const show = jobProgress(new Printer(terminal), now);
    for (const job of life) show(job);
    expect(terminal.written.join('')).toBe(`  create    running   attempt 1 of 8
  create    done      attempt 1 of 8, 2.0 s
  install   retrying  attempt 1 of 8, sysTransient: IC0207: busy
  install   done      attempt 2 of 8, 2.0 s
`);
  });
});
