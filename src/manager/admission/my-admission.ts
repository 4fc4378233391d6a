import { msgCaller } from 'azle';
import { ledger } from '../budgets/cycles-ledger.ts';
import { policyView } from '../configuration/configuration-endpoints.ts';
import { readConfiguration } from '../configuration/configuration-store.ts';
import { ownerCounts } from '../registry/owners.ts';

/** What a request of the caller would meet: the value of Candid's `MyAdmission`. */
export function getMyAdmission(): object {
  const caller = msgCaller().toUint8Array();
  const { admission, maximumOpenJobsPerCaller } = readConfiguration();
  return {
    policy: policyView(admission),
    creditCycles: ledger.caller(caller).creditCycles,
    openJobs: ownerCounts(caller).openJobs,
    maximumOpenJobs: maximumOpenJobsPerCaller,
  };
}
