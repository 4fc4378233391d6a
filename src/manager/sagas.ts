import { SagaStore } from '../saga/index.ts';
import { maximumJournalEntries } from './limits.ts';
import { provisioning } from './provisioning/definition.ts';
import { due, leases, records } from './storage/memory.ts';

/** The Manager's sagas in stable memory. */
export const sagas = new SagaStore({ definitions: [provisioning], records, due, leases, maximumJournalEntries });
