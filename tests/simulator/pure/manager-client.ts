import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import {
  AllowedCallerRequest,
  CreateInvitationRequest,
  DoneResult,
  RevokeInvitationRequest,
} from '../../../src/manager/candid/admission.ts';
import { candidEncoder } from '../../../src/manager/candid/candid-encoder.ts';
import { ConfigResult, SetConfigRequest } from '../../../src/manager/candid/configuration.ts';
import {
  ActionRequest,
  ActionResult,
  CreateGreeterRequest,
  CreateGreeterResult,
  JobStatus,
  ResolveStepRequest,
} from '../../../src/manager/candid/job.ts';
import {
  PublishTemplateRequest,
  QueueRequest,
  QueueResult,
  TemplateResult,
} from '../../../src/manager/candid/operator.ts';
import { RolesResult, SetRoleRequest } from '../../../src/manager/candid/roles.ts';
import {
  AdoptCanisterRequest,
  AdoptCanisterResult,
  FindOrphansRequest,
  OrphanScanResult,
} from '../../../src/manager/candid/vacancies.ts';
import { promise } from './broken-promise.ts';
import { operator, stranger } from './identities.ts';
import type { UpdateOptions, World } from './world.ts';

/** A variant's value as Candid's library gives it. */
export type Variant = Readonly<Record<string, unknown>>;

/** Who calls, and whether it is a canister. */
export interface Sender {
  readonly caller: Principal;
  readonly isFromCanister?: boolean;
}

const reason = 'simulation';
const encodeRequest = candidEncoder([IDL.Opt(CreateGreeterRequest)]);
const encodeAction = candidEncoder([ActionRequest]);
const encodeQueue = candidEncoder([QueueRequest]);
const encodeText = candidEncoder([IDL.Text]);
const encodeId = candidEncoder([IDL.Nat64]);
/** Length of the answer that there is no such job. */
const noJobBytes = IDL.encode([IDL.Opt(JobStatus)], [[]]).length;

/** The Manager's endpoints as users and operators of a simulated world call them. */
export class ManagerClient {
  private requests = 0;

  constructor(private readonly world: World) {}

  /** One that was never used before, not even in a life that the Manager forgot. */
  newRequestId(word: string): string {
    return `${word} ${(this.requests += 1)}`;
  }

  /** @returns the result, and the cycles it took; undefined: the call was refused, or trapped and changed nothing */
  createGreeter(
    caller: Principal,
    { key, greeting, code }: { key?: string; greeting?: string; code?: string },
    options: UpdateOptions,
  ): { readonly result: Variant; readonly acceptedCycles: bigint } | undefined {
    const fields = {
      idempotencyKey: optional(key),
      greeting: optional(greeting),
      invitationCode: optional(code),
    };
    const executed = this.world.update(caller, 'createGreeter', encodeRequest([[fields]]), options);
    if (!executed?.reply) return undefined;
    return { result: decoded(CreateGreeterResult, executed.reply), acceptedCycles: executed.acceptedCycles };
  }

  /** `pauseQueue`, `resumeQueue` or `prepareUpgrade`. */
  control(sender: Sender, verb: string): Variant | undefined {
    const args = encodeQueue([{ requestId: this.newRequestId(verb), reason }]);
    return this.update(sender, verb, args, QueueResult);
  }

  configure(sender: Sender, options: object): Variant | undefined {
    const request = { ...absent(SetConfigRequest), ...options, ...this.newRequest('setConfig') };
    return this.update(sender, 'setConfig', IDL.encode([SetConfigRequest], [request]), ConfigResult);
  }

  /** `retryJob`, `cancelJob` or `terminateJob`. */
  act(sender: Sender, verb: string, jobId: bigint, requestId: string): Variant | undefined {
    const request = { jobId, requestId, reason, expectedVersion: [] };
    return this.update(sender, verb, encodeAction([request]), ActionResult);
  }

  resolve(jobId: bigint, finding: 'applied' | 'notApplied', evidence: string): Variant | undefined {
    const request = { jobId, ...this.newRequest('resolveStep'), expectedVersion: [] };
    const args = IDL.encode([ResolveStepRequest], [{ ...request, finding: { [finding]: null }, evidence }]);
    return this.update({ caller: operator }, 'resolveStep', args, ActionResult);
  }

  /** @param jobId absent: the canister becomes vacant */
  adopt(canisterId: Principal, jobId?: bigint): Variant | undefined {
    const wish = { canisterId, jobId: optional(jobId), expectedVersion: [] };
    const args = IDL.encode([AdoptCanisterRequest], [{ ...wish, ...this.newRequest('adoptCanister') }]);
    return this.update({ caller: operator }, 'adoptCanister', args, AdoptCanisterResult);
  }

  findOrphans(): Variant | undefined {
    const request = { ...this.newRequest('findOrphans'), from: [] };
    const args = IDL.encode([FindOrphansRequest], [request]);
    return this.update({ caller: operator }, 'findOrphans', args, OrphanScanResult);
  }

  listOrphans(): Variant {
    return decoded(OrphanScanResult, this.world.query(operator, 'listOrphans', IDL.encode([], [])));
  }

  /** `allowCaller` or `disallowCaller`. */
  admit(verb: 'allowCaller' | 'disallowCaller', caller: Principal): Variant | undefined {
    const args = IDL.encode([AllowedCallerRequest], [{ caller, ...this.newRequest(verb) }]);
    return this.update({ caller: operator }, verb, args, DoneResult);
  }

  invite(codeHash: Uint8Array, uses: number): Variant | undefined {
    const request = { codeHash, uses, expiresAt: [], ...this.newRequest('createInvitation') };
    const args = IDL.encode([CreateInvitationRequest], [request]);
    return this.update({ caller: operator }, 'createInvitation', args, DoneResult);
  }

  revokeInvitation(codeHash: Uint8Array): Variant | undefined {
    const args = IDL.encode([RevokeInvitationRequest], [{ codeHash, ...this.newRequest('revoke') }]);
    return this.update({ caller: operator }, 'revokeInvitation', args, DoneResult);
  }

  /** @param role absent: none any more */
  setRole(sender: Sender, appointee: Principal, role?: string): Variant | undefined {
    const request = { appointee, role: role === undefined ? [] : [{ [role]: null }] };
    const args = IDL.encode([SetRoleRequest], [{ ...request, ...this.newRequest('setRole') }]);
    return this.update(sender, 'setRole', args, RolesResult);
  }

  publish(version: string, module: Uint8Array, moduleHash: Uint8Array): Variant | undefined {
    const args = IDL.encode([PublishTemplateRequest], [{ version, module, moduleHash }]);
    return this.update({ caller: operator }, 'publishTemplate', args, TemplateResult);
  }

  activate(sender: Sender, version: string): Variant | undefined {
    return this.update(sender, 'activateTemplate', encodeText([version]), TemplateResult);
  }

  /** The owner sees the job, and nobody else does. */
  requireVisible({ id, owner }: { readonly id: bigint; readonly owner: Principal }): void {
    const isSeenBy = (caller: Principal): boolean =>
      this.world.query(caller, 'getJobStatus', encodeId([id])).length > noJobBytes;
    promise(isSeenBy(owner) && !isSeenBy(stranger), 'only its owner sees a job', () => `job ${id}`);
  }

  private newRequest(word: string): { requestId: string; reason: string } {
    return { requestId: this.newRequestId(word), reason };
  }

  private update(
    { caller, isFromCanister = false }: Sender,
    method: string,
    args: Uint8Array,
    result: IDL.Type,
  ): Variant | undefined {
    const executed = this.world.update(caller, method, args, { isFromCanister });
    return executed?.reply && decoded(result, executed.reply);
  }
}

/** `Ok`, the name of an error, or `nothing`. */
export function answerOf(result: Variant | undefined): string {
  if (!result) return 'nothing';
  return result['Ok'] === undefined ? (Object.keys(result['Err'] as Variant)[0] ?? '') : 'Ok';
}

function decoded(type: IDL.Type, reply: Uint8Array): Variant {
  return IDL.decode([type], reply)[0] as unknown as Variant;
}

function optional<Value>(value: Value | undefined): [] | [Value] {
  return value === undefined ? [] : [value];
}

/** A value of a record type whose fields are all optional, with none of them. */
function absent(type: IDL.RecordClass): object {
  return Object.fromEntries(type._fields.map(([name]) => [name, []]));
}
