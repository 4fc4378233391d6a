import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CallRejectedError,
  type JobStatus,
  UndecodableReplyError,
  type WaitingClock,
  waitForJob,
} from '../../src/client/index.ts';
import { jobStatus, openStatuses } from './support/job.ts';

/** What one read of the job's status brings; the last one is repeated. */
type Read = JobStatus | 'absent' | CallRejectedError | UndecodableReplyError;

class Script {
  reads = 0;
  timeMs = 0;
  readonly pauses: number[] = [];
  readonly #script: readonly Read[];

  constructor(...script: Read[]) {
    this.#script = script;
  }

  readonly manager = {
    getJobStatus: async (): Promise<[] | [JobStatus]> => {
      const read = this.#script[Math.min(this.reads, this.#script.length - 1)];
      this.reads += 1;
      if (read instanceof Error) return Promise.reject(read);
      return Promise.resolve(read === undefined || read === 'absent' ? [] : [read]);
    },
  };

  readonly clock: WaitingClock = {
    nowMs: () => this.timeMs,
    pause: async (ms) => {
      this.pauses.push(ms);
      this.timeMs += ms;
      return Promise.resolve();
    },
  };
}

const greeterId = Principal.fromText('uxrrr-q7777-77774-qaaaq-cai');
const completed = jobStatus({ status: { completed: null }, greeterId: [greeterId], version: 1_000n });
const transient = new CallRejectedError(2, 'IC0207', 'out of cycles');
const unknown = new CallRejectedError(6, '', 'unknown');
const openJob = fc
  .record({ status: fc.constantFrom(...openStatuses), version: fc.bigInt({ min: 1n, max: 900n }) })
  .map(jobStatus);

describe('waiting for a job', () => {
  it('gives every end as a typed outcome', async () => {
    const parked = jobStatus({
      status: { parked: null },
      parked: [{ reason: 'attemptsExhausted', since: 0n, actions: ['retry'] }],
    });
    const ends: [JobStatus, object][] = [
      [completed, { kind: 'completed', greeterId }],
      [jobStatus({ status: { compensated: null } }), { kind: 'compensated' }],
      [jobStatus({ status: { terminated: null } }), { kind: 'terminated' }],
      [parked, { kind: 'parked', reason: 'attemptsExhausted', actions: ['retry'] }],
    ];
    for (const [job, expected] of ends) {
      const script = new Script(job);
      expect(await waitForJob(script.manager, 1n, { clock: script.clock })).toEqual({ ...expected, job });
      expect(script.pauses).toEqual([]);
    }
  });

  it('reaches the end behind any statuses and any passing failures, and reports each newer status once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(openJob, fc.constantFrom<Read>(transient, unknown)), { maxLength: 30 }),
        async (reads) => {
          const script = new Script(...reads, completed);
          const versions: bigint[] = [];
          const outcome = await waitForJob(script.manager, 1n, {
            clock: script.clock,
            timeoutMs: 1e9,
            onStatus: ({ version }) => versions.push(version),
          });
          expect(outcome.kind).toBe('completed');
          expect(script.reads).toBe(reads.length + 1);
          const rising = [...new Set(versions)].sort((left, right) => Number(left - right));
          expect(versions).toEqual(rising);
          expect(versions.at(-1)).toBe(completed.version);
        },
      ),
    );
  });

  it('stops at the timeout, never later, with the status last seen, whatever it is shown', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(openJob, { minLength: 1, maxLength: 10 }),
        fc.nat(120_000),
        async (reads, timeoutMs) => {
          const script = new Script(...reads);
          const outcome = await waitForJob(script.manager, 1n, { clock: script.clock, timeoutMs });
          expect(outcome.kind).toBe('timedOut');
          expect(script.timeMs).toBe(timeoutMs);
          const shown = reads.slice(0, script.reads).map(({ version }) => version);
          const newest = shown.reduce((highest, version) => (version > highest ? version : highest));
          expect(outcome).toMatchObject({ job: { version: newest } });
        },
      ),
    );
  });

  it('polls less and less while nothing changes, and briskly again after a change', async () => {
    const [first, second] = [jobStatus({ version: 1n }), jobStatus({ version: 2n })];
    const script = new Script(...Array<Read>(7).fill(first), second, completed);
    await waitForJob(script.manager, 1n, { clock: script.clock });
    expect(script.pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 250]);
  });

  it('times out without a job when no status could ever be read', async () => {
    const script = new Script(transient);
    const outcome = await waitForJob(script.manager, 1n, { clock: script.clock, timeoutMs: 1_000 });
    expect(outcome).toEqual({ kind: 'timedOut' });
  });

  it('finds out that there is no such job, but not from one lagging replica', async () => {
    const missing = new Script('absent');
    expect(await waitForJob(missing.manager, 1n, { clock: missing.clock })).toEqual({ kind: 'notFound' });
    expect(missing.reads).toBe(3);
    const lagging = new Script('absent', 'absent', jobStatus(), 'absent', 'absent', 'absent', completed);
    expect((await waitForJob(lagging.manager, 1n, { clock: lagging.clock })).kind).toBe('completed');
  });

  it('rejects with what will not pass by itself', async () => {
    const failures = [
      new CallRejectedError(3, 'IC0301', 'no such canister'),
      new CallRejectedError(5, 'IC0503', 'trapped'),
      new UndecodableReplyError('getJobStatus', new Uint8Array(), new Error('wrong magic number')),
    ];
    for (const failure of failures) {
      const script = new Script(jobStatus(), failure);
      await expect(waitForJob(script.manager, 1n, { clock: script.clock })).rejects.toBe(failure);
    }
  });

  it('reads at once and gives up at once when the timeout is zero', async () => {
    const script = new Script(jobStatus());
    const outcome = await waitForJob(script.manager, 1n, { clock: script.clock, timeoutMs: 0 });
    expect(outcome).toMatchObject({ kind: 'timedOut', job: { version: 1n } });
    expect(script.pauses).toEqual([]);
  });
});
