import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { alice, ManagerFixture, tag } from '../support/manager-fixture.ts';

const steps = [
  { step: 'create', method: 'create_canister' },
  { step: 'install', method: 'install_chunked_code' },
  { step: 'handover', method: 'update_settings' },
];

/** A reject of each class as the management canister would word it. */
const rejections = {
  systemFatal: { rejectCode: 1, errorCode: 'IC0101', message: 'Subnet is oversubscribed' },
  systemTransient: { rejectCode: 2, errorCode: 'IC0204', message: 'Ingress history is full' },
  destinationInvalid: { rejectCode: 3, errorCode: 'IC0301', message: 'Canister not found.' },
  rejected: { rejectCode: 4, errorCode: 'IC0402', message: 'Insufficient memory allocation' },
  canisterError: { rejectCode: 5, errorCode: 'IC0502', message: 'Canister trapped' },
} as const;

const fixture = new ManagerFixture();
const deployed = fixture.network.checkpoint();

describe.each(steps)('$method rejected', ({ step, method }) => {
  test.each(['systemTransient', 'canisterError'] as const)(
    'with %s is tried again and the job completes',
    (code) => {
      fixture.network.restore(deployed);
      fixture.network.faults.add(
        { callee: managementCanisterId, method, nth: 1 },
        { kind: 'reject', rejection: rejections[code] },
      );
      const { id } = fixture.createGreeter(alice);
      const job = fixture.settle(id);

      const record = job.steps.find(({ name }) => tag(name) === step);
      expect(record?.attempt).toBe(2);
      const isTemplates = step === 'install' && code === 'canisterError';
      const expected = isTemplates ? 'templateRejected' : code;
      expect(record?.lastError[0]).toMatchObject({ class: { retryable: null }, code: expected });
      fixture.expectProvisioned(id, alice);
      expect(fixture.created()).toHaveLength(1);
    },
  );

  test.each(['systemFatal', 'destinationInvalid', 'rejected'] as const)(
    'with %s parks the job, and an operator’s retry completes it',
    (code) => {
      fixture.network.restore(deployed);
      fixture.network.faults.add(
        { callee: managementCanisterId, method, nth: 1 },
        { kind: 'reject', rejection: rejections[code] },
      );
      const { id } = fixture.createGreeter(alice);
      const parked = fixture.settle(id);

      expect(tag(parked.status)).toBe('parked');
      expect(parked.parked[0]).toMatchObject({
        reason: 'terminalError',
        actions: expect.arrayContaining(['retryJob']) as string[],
      });
      expect(parked.lastError[0]).toMatchObject({ class: { terminal: null }, code });

      expect(tag(fixture.retry(id))).toBe('Ok');
      fixture.settle(id);
      fixture.expectProvisioned(id, alice);
      expect(fixture.created()).toHaveLength(1);
    },
  );

  test('every time parks the job once its attempts are used up, with growing waits in between', () => {
    fixture.network.restore(deployed);
    const rule = fixture.network.faults.add(
      { callee: managementCanisterId, method },
      { kind: 'reject', rejection: rejections.systemTransient },
    );
    const { id } = fixture.createGreeter(alice);
    const started = fixture.network.timeNanos;
    const parked = fixture.settle(id);

    expect(parked.parked[0]?.reason).toBe('attemptsExhausted');
    expect(fixture.network.faults.matchCount(rule)).toBe(8);
    // 1 + 2 + 4 + … + 64 s between eight attempts, give or take the jitter of a fifth and whole-second timers.
    const waitedSeconds = Number((fixture.network.timeNanos - started) / 1_000_000_000n);
    expect(waitedSeconds).toBeGreaterThan(127 * 0.8);
    expect(waitedSeconds).toBeLessThan(127 * 1.2 + 8);

    fixture.network.faults.remove(rule);
    fixture.retry(id);
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(1);
  });
});

test('an installation that met the rate limit waits for minutes, not for the first backoff', () => {
  fixture.network.restore(deployed);
  const message =
    'Canister is rate limited because it executed too many instructions. Please retry after several minutes.';
  fixture.network.faults.add(
    { callee: managementCanisterId, method: 'install_chunked_code', nth: 1 },
    { kind: 'reject', rejection: { rejectCode: 2, errorCode: 'IC0209', message } },
  );
  const { id } = fixture.createGreeter(alice);
  fixture.network.run();
  const waiting = fixture.job(id);
  expect(tag(waiting.status)).toBe('waitingRetry');
  expect(waiting.lastError[0]?.code).toBe('rateLimited');
  const [nextAttemptAt] = waiting.nextAttemptAt;
  expect((nextAttemptAt ?? 0n) - fixture.network.timeNanos).toBeGreaterThanOrEqual(299_000_000_000n);
  fixture.settle(id);
  fixture.expectProvisioned(id, alice);
});
