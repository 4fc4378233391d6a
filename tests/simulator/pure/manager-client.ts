import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { candidEncoder } from '../../../src/manager/candid/candid-encoder.ts';
import {
  ActionRequest,
  ActionResult,
  CreateGreeterRequest,
  CreateGreeterResult,
  JobStatus,
} from '../../../src/manager/candid/job.ts';
import { ConfigResult, SetConfigRequest } from '../../../src/manager/candid/configuration.ts';
import {
  PublishTemplateRequest,
  QueueRequest,
  QueueResult,
  TemplateResult,
} from '../../../src/manager/candid/operator.ts';
import { promise } from './broken-promise.ts';
import { operator, stranger } from './identities.ts';
import type { World } from './world.ts';

/** A variant's value as Candid's library gives it. */
export type Variant = Readonly<Record<string, unknown>>;

const encodeRequest = candidEncoder([IDL.Opt(CreateGreeterRequest)]);
const encodeAction = candidEncoder([ActionRequest]);
const encodeQueue = candidEncoder([QueueRequest]);
const encodeText = candidEncoder([IDL.Text]);
const encodeId = candidEncoder([IDL.Nat64]);
/** Length of the answer that there is no such job. */
const noJobBytes = IDL.encode([IDL.Opt(JobStatus)], [[]]).length;

/** The Manager's endpoints as users and operators of a simulated world call them. */
export class ManagerClient {
  constructor(private readonly world: World) {}

  /** @returns the result; undefined: the call was refused, or trapped and changed nothing */
  createGreeter(caller: Principal, request: { key?: string; greeting?: string }): Variant | undefined {
    const fields = {
      ...absent(CreateGreeterRequest),
      idempotencyKey: request.key === undefined ? [] : [request.key],
      greeting: request.greeting === undefined ? [] : [request.greeting],
    };
    return this.update(caller, 'createGreeter', encodeRequest([[fields]]), CreateGreeterResult);
  }

  /** `pauseQueue`, `resumeQueue` or `prepareUpgrade`. */
  control(verb: string, requestId: string): Variant | undefined {
    return this.update(operator, verb, encodeQueue([{ requestId, reason: 'simulation' }]), QueueResult);
  }

  keepWarm(warmCanisters: number): Variant | undefined {
    const request = { ...absent(SetConfigRequest), warmCanisters: [warmCanisters] };
    const args = IDL.encode([SetConfigRequest], [{ ...request, requestId: 'warm', reason: 'simulation' }]);
    return this.update(operator, 'setConfig', args, ConfigResult);
  }

  /** `retryJob`, `cancelJob` or `terminateJob`. */
  act(caller: Principal, verb: string, jobId: bigint, requestId: string): Variant | undefined {
    const request = { jobId, requestId, reason: 'simulation', expectedVersion: [] };
    return this.update(caller, verb, encodeAction([request]), ActionResult);
  }

  publish(version: string, module: Uint8Array, moduleHash: Uint8Array): Variant | undefined {
    const args = IDL.encode([PublishTemplateRequest], [{ version, module, moduleHash }]);
    return this.update(operator, 'publishTemplate', args, TemplateResult);
  }

  activate(version: string): Variant | undefined {
    return this.update(operator, 'activateTemplate', encodeText([version]), TemplateResult);
  }

  /** The owner sees the job, and nobody else does. */
  requireVisible({ id, owner }: { readonly id: bigint; readonly owner: Principal }): void {
    const isSeenBy = (caller: Principal): boolean =>
      this.world.query(caller, 'getJobStatus', encodeId([id])).length > noJobBytes;
    promise(isSeenBy(owner) && !isSeenBy(stranger), 'only its owner sees a job', () => `job ${id}`);
  }

  private update(caller: Principal, method: string, args: Uint8Array, result: IDL.Type): Variant | undefined {
    const executed = this.world.update(caller, method, args);
    if (!executed?.reply) return undefined;
    return IDL.decode([result], executed.reply)[0] as unknown as Variant;
  }
}

/** A value of a record type whose fields are all optional, with none of them. */
function absent(type: IDL.RecordClass): object {
  return Object.fromEntries(type._fields.map(([name]) => [name, []]));
}
