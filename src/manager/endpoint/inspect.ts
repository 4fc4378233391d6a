import { msgArgData, msgCaller, msgMethodName } from 'azle';
import { InvalidInputError } from './invalid-input-error.ts';
import { requireBoundedDecoding } from './bounded-decoding.ts';
import { maximumArgumentBytes, maximumTemplateModuleBytes } from '../limits.ts';
import { includesRole, roleOf } from '../operators/roles.ts';
import type { Role } from '../operators/roles.ts';

/** Room for the Candid around a module. */
export const maximumPublishArgumentBytes = maximumTemplateModuleBytes + maximumArgumentBytes;

/** Update methods users may call, and those for which one needs a role; nothing else enters by ingress. */
const userMethods = new Set(['createGreeter', 'cancelJob']);
const methodsByRole = new Map<string, Role>([
  ['retryJob', 'operator'],
  ['resolveStep', 'operator'],
  ['terminateJob', 'operator'],
  ['retryJobs', 'operator'],
  ['cancelJobs', 'operator'],
  ['terminateJobs', 'operator'],
  ['pauseQueue', 'operator'],
  ['resumeQueue', 'operator'],
  ['prepareUpgrade', 'operator'],
  ['allowCaller', 'operator'],
  ['disallowCaller', 'operator'],
  ['createInvitation', 'operator'],
  ['revokeInvitation', 'operator'],
  ['findOrphans', 'operator'],
  ['adoptCanister', 'operator'],
  ['setRole', 'admin'],
  ['setConfig', 'admin'],
  ['publishTemplate', 'admin'],
  ['activateTemplate', 'admin'],
]);

/**
 * Whether an ingress message is admitted, before it costs the Manager anything. It spares cycles and is no
 * protection: the IC lets canisters past it, so every method checks its caller again.
 */
export function admitsIngress(): boolean {
  const caller = msgCaller();
  if (caller.isAnonymous()) return false;
  const method = msgMethodName();
  const argument = msgArgData();
  if (userMethods.has(method)) return argument.length <= maximumArgumentBytes && isCheapToDecode(argument);
  const required = methodsByRole.get(method);
  if (!required || !includesRole(roleOf(caller), required)) return false;
  return (
    argument.length <= (method === 'publishTemplate' ? maximumPublishArgumentBytes : maximumArgumentBytes)
  );
}

function isCheapToDecode(argument: Uint8Array): boolean {
  try {
    requireBoundedDecoding(argument);
    return true;
  } catch (error) {
    if (error instanceof InvalidInputError) return false;
    throw error;
  }
}
