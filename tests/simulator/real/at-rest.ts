import { deepEqual, equal } from 'node:assert/strict';
import { isEnded } from '../../../src/saga/index.ts';
import type { ManagerFixture } from '../../support/manager-fixture.ts';
import type { Marks } from '../shared/marks.ts';
import { auditStoredManager } from './audit.ts';
import type { AuditedManager } from './audit.ts';
import type { Disturbed } from './disturb.ts';
import { helpParkedJob } from './operator-hands.ts';
import { checkNoOrphans } from './operator-acts.ts';
import { checkPromises } from './oracle.ts';
import { readStoredManager } from './stored-manager.ts';

const minuteMs = 60_000;
/** Longer than the watchdog's interval: it has healed what a trapped message left behind. */
const quietMs = 6 * minuteMs;
const roundMs = 30 * minuteMs;
const maximumRounds = 40;

/**
 * Once nothing goes wrong any more: everything comes to its end, and every promise was kept.
 *
 * @throws AssertionError when a promise is broken
 */
export function bringToRest(disturbed: Disturbed): AuditedManager {
  const { fixture, marks } = disturbed;
  fixture.network.runFor(quietMs);
  const audited = settle(disturbed);
  checkAccepted(disturbed, audited);
  checkPromises(fixture, audited, marks);
  checkNoOrphans(fixture);
  checkStats(fixture, audited, marks);
  return audited;
}

/** Lets time go by, and helps what is parked, until everything has come to its end. */
function settle({ fixture, marks }: Disturbed): AuditedManager {
  for (let round = 1; ; round += 1) {
    const audited = auditStoredManager(readStoredManager(fixture));
    const open = audited.sagas.map(({ saga }) => saga).filter(({ status }) => !isEnded(status));
    const [first] = open;
    if (!first) return audited;
    if (round > maximumRounds) throw new Error(`job ${first.id} is still ${first.status} after the faults`);
    for (const saga of open) {
      if (saga.status === 'parked') marks.hit(helpParkedJob(fixture, saga, `round ${round}`));
    }
    fixture.network.runFor(roundMs);
  }
}

/** No accepted request is lost, none that was refused left a job, and what was agreed to be undone is undone. */
function checkAccepted({ accepted, cancelled, terminated }: Disturbed, { sagas }: AuditedManager): void {
  const jobs = sagas
    .map(({ saga }) => saga)
    .filter(({ definitionName }) => definitionName === 'provisioning');
  const ids = [...new Set(accepted.map(({ id }) => id))];
  deepEqual(
    jobs.map(({ id }) => id),
    ids.sort((left, right) => Number(left - right)),
    'jobs are those that were accepted',
  );
  for (const { id, status } of jobs) {
    const end = terminated.has(id) ? 'terminated' : cancelled.has(id) ? 'compensated' : 'completed';
    equal(status, end, `end of job ${id}`);
  }
}

function checkStats(fixture: ManagerFixture, { openRoutes }: AuditedManager, marks: Marks): void {
  const { openAttempts, unreadAnswers, strayAnswers, defects } = fixture.stats();
  deepEqual(
    { openAttempts, unreadAnswers, strayAnswers, defects },
    { openAttempts: 0, unreadAnswers: 0, strayAnswers: 0, defects: 0 },
  );
  // Who was called is forgotten when the answer is read; of an answer that was lost nobody can know it.
  equal(openRoutes, marks.count('answer lost'), 'calls without an answer');
}
