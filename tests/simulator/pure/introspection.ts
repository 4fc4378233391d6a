/**
 * What the oracle reads from inside the bundle: the Manager's own stores, codecs and definitions, in the version that
 * is simulated (with its seeded bug, when there is one), so that what is stored is read as the Manager reads it.
 */
import { foldJournal, isEnded, statusEdges } from '../../../src/saga/index.ts';
import { canisterAccount } from '../../../src/manager/registry/canisters.ts';
import { greeterAt } from '../../../src/manager/registry/greeters.ts';
import { ownerCounts, ownerGreeterAt, ownerJobAt } from '../../../src/manager/registry/owners.ts';
import { readDefects } from '../../../src/manager/defects.ts';
import { reservationCyclesPerJob } from '../../../src/manager/budgets/reservation.ts';
import { readAdoption } from '../../../src/manager/orphans/adoption.ts';
import { reservedCyclesOf } from '../../../src/manager/budgets/accounts.ts';
import { ledger } from '../../../src/manager/budgets/cycles-ledger.ts';
import { sagas } from '../../../src/manager/sagas.ts';
import { readMeta } from '../../../src/manager/storage/meta.ts';
import { auditRowOfRequest } from '../../../src/manager/operators/audit-log.ts';
import { vacancyStore } from '../../../src/manager/vacancies/vacancies.ts';
import { readCallRoute } from '../../../src/manager/worker/call-routes.ts';

export const introspection = {
  sagas,
  foldJournal,
  isEnded,
  statusEdges,
  canisterAccount,
  greeterAt,
  ownerCounts,
  ownerGreeterAt,
  ownerJobAt,
  readMeta,
  readDefects,
  ledger,
  reservedCyclesOf,
  reservationCyclesPerJob,
  readAdoption,
  readCallRoute,
  vacancyStore,
  auditRowOfRequest,
};

export type Introspection = typeof introspection;
