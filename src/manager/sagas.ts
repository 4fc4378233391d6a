import { SagaStore } from '../saga/index.ts';
import { maximumJournalEntries } from './limits.ts';
import { sagaDefinitions } from './provisioning/definitions.ts';
import { due, leases, records } from './storage/memory.ts';

/** The Manager's sagas in stable memory. */
export const sagas = new SagaStore({
  definitions: sagaDefinitions,
  records,
  due,
  leases,
  maximumJournalEntries,
});
