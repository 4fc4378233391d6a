import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import { audited, requireRequest, wasDoneBefore } from '../operators/audited.ts';
import { nowMs } from '../clock.ts';
import { scheduleRun } from '../worker/worker.ts';
import { applyChanges } from './apply-changes.ts';
import type { BudgetValue, ConfigurationChanges } from './apply-changes.ts';
import type { AdmissionPolicy, Configuration } from './configuration.ts';
import { readConfiguration, writeConfiguration } from './configuration-store.ts';
import { describeChanges } from './describe-changes.ts';
import { budgetOptions } from './options.ts';

/** Candid's `SetConfigRequest`. */
export type SetConfigRequest = ConfigurationChanges & { readonly requestId: string; readonly reason: string };

/** The configuration: the value of Candid's `ConfigResult`. */
export function getConfig(): object {
  return { Ok: configurationView(readConfiguration()) };
}

/**
 * Changes what the request names, at once and all of it or nothing. The worker looks at its queue again, because
 * there may be more room for attempts now, or cycles enough for jobs that waited.
 *
 * @returns the value of Candid's `ConfigResult`: the configuration that holds now
 */
export function setConfig(request: SetConfigRequest): object {
  return orInvalidRequest(() => {
    requireRequest(request);
    const before = readConfiguration();
    const after = applyChanges(before, request);
    const { requestId, reason } = request;
    const details = describeChanges(request);
    const action = { verb: 'setConfig', target: 'configuration', details, requestId, reason };
    if (wasDoneBefore(action)) return getConfig();
    audited(action, () => {
      writeConfiguration(after);
      scheduleRun(nowMs());
      return { outcome: 'in force', result: undefined };
    });
    return getConfig();
  });
}

/** The value of Candid's `AdmissionPolicy`. */
export function policyView(policy: AdmissionPolicy): object {
  return { [policy.name]: policy.name === 'paid' ? { priceCycles: policy.priceCycles } : null };
}

function configurationView(configuration: Configuration): object {
  const { admission, ...others } = configuration;
  const budgets = budgetOptions.map((name): [string, BudgetValue] => {
    const cycles = configuration[name];
    return [name, cycles === undefined ? { unlimited: null } : { cycles }];
  });
  return {
    ...others,
    ...Object.fromEntries(budgets),
    admission: policyView(admission),
    journalRetentionMs: BigInt(configuration.journalRetentionMs),
  };
}
