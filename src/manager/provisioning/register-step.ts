import { effectRetry, readRetry, boundedCallLeaseMs } from './policies.ts';
import type { ProvisioningStep } from './provisioning-step.ts';

/**
 * Enters the Greeter into the registry. A local write in the message that ends the saga: registry row, owner index
 * and end state commit together or not at all, so its outcome is never unknown.
 */
export const registerStep: ProvisioningStep = {
  name: 'register',
  kind: 'retriable',
  leaseMs: boundedCallLeaseMs,
  retry: effectRetry,
  reconcileRetry: readRetry,
  execute: () => ({ kind: 'registerGreeter' }),
  reconcile: () => ({ kind: 'registerGreeter' }),
  readAnswer: (answer) => unexpected(answer.kind),
  readEvidence: (answer) => unexpected(answer.kind),
};

function unexpected(kind: string): never {
  throw new Error(`register makes no call, yet a ${kind} came for it`);
}
