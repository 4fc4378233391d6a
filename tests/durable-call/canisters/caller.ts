import {
  call,
  IDL,
  init,
  msgArgData,
  msgReply,
  postUpgrade,
  type Principal,
  query,
  setTimer,
  StableBTreeMap,
  time,
  trap,
  update,
} from 'azle';
import {
  durableCall,
  DurableCallError,
  nextCallId,
  readDurableResponse,
} from '../../../src/durable-call/index.ts';

/**
 * A canister that makes calls of every kind when told to, and keeps a log of what comes back.
 * The log is in stable memory and is only ever appended to: an answer that comes twice is in it twice.
 */
const rawBytes = { toBytes: (bytes: Uint8Array) => bytes, fromBytes: (bytes: Uint8Array) => bytes };
const text = {
  toBytes: (value: string) => new TextEncoder().encode(value),
  fromBytes: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
};
const log = new StableBTreeMap(0, rawBytes, text);
const trapOnCallIds = new StableBTreeMap(1, text, rawBytes);

function record(entry: unknown): void {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setUint32(0, log.len());
  log.insert(
    key,
    JSON.stringify(entry, (_, value: unknown) =>
      typeof value === 'bigint' ? Number(value) : value instanceof Uint8Array ? [...value] : value,
    ),
  );
}

interface SendRequest {
  canister: Principal;
  method: string;
  cycles: bigint;
  timeoutSeconds: number;
  /** Absent: fresh ids from `nextCallId`. */
  firstCallId: [] | [number];
  count: number;
  /** Put behind the four bytes of the call id. */
  payload: Uint8Array;
}
const SendRequest = IDL.Record({
  canister: IDL.Principal,
  method: IDL.Text,
  cycles: IDL.Nat,
  timeoutSeconds: IDL.Float64,
  firstCallId: IDL.Opt(IDL.Nat32),
  count: IDL.Nat32,
  payload: IDL.Vec(IDL.Nat8),
});

async function awaitCall(canister: Principal, method: string, tag: string): Promise<void> {
  let outcome: { reply: Uint8Array } | { error: string };
  try {
    outcome = { reply: await call(canister, method, { raw: true, args: new TextEncoder().encode(tag) }) };
  } catch (error) {
    if ((error as { type?: string }).type === 'CleanupCallback') {
      record({ kind: 'cleanup', tag });
      throw error;
    }
    outcome = { error: String((error as { rejectMessage?: string }).rejectMessage) };
  }
  record({ kind: 'awaited', tag, ...outcome });
}

export default class Caller {
  @init()
  begin(): void {
    record({ kind: 'start' });
  }

  @postUpgrade()
  beginAgain(): void {
    record({ kind: 'start' });
  }

  /** @returns the ids used, or the code of the error that stopped it. */
  @update([SendRequest], IDL.Variant({ Ok: IDL.Vec(IDL.Nat32), Err: IDL.Text }))
  send(request: SendRequest): { Ok: number[] } | { Err: string } {
    try {
      const ids: number[] = [];
      for (let index = 0; index < request.count; index++) {
        const [firstCallId] = request.firstCallId;
        const callId = firstCallId === undefined ? nextCallId() : firstCallId + index;
        const args = new Uint8Array(4 + request.payload.length);
        new DataView(args.buffer).setUint32(0, callId);
        args.set(request.payload, 4);
        durableCall({ ...request, args, callId });
        ids.push(callId);
      }
      return { Ok: ids };
    } catch (error) {
      if (error instanceof DurableCallError) return { Err: error.code };
      throw error;
    }
  }

  /** Makes the calls and traps, so that none is sent. */
  @update([SendRequest], undefined)
  sendAndTrap(request: SendRequest): void {
    this.send(request);
    trap('told to trap');
  }

  @update([], undefined, { manual: true, hidden: true })
  onResponse(): void {
    const response = readDurableResponse();
    record({ kind: 'response', ...response });
    if (trapOnCallIds.containsKey(String(response.callId))) trap('told to trap');
  }

  @update([IDL.Nat32], undefined)
  trapOnResponse(callId: number): void {
    trapOnCallIds.insert(String(callId), new Uint8Array());
  }

  /**
   * Ordinary awaited calls of azle's, for company. The argument of each is its tag as text: the tag given, followed
   * by a number when there are several. Answers at once.
   */
  @update([IDL.Principal, IDL.Text, IDL.Text, IDL.Nat32], undefined, { manual: true })
  async awaitCalls(): Promise<void> {
    const types = [IDL.Principal, IDL.Text, IDL.Text, IDL.Nat32];
    const [canister, method, tag, count] = IDL.decode(types, msgArgData()) as unknown as [
      Principal,
      string,
      string,
      number,
    ];
    msgReply(IDL.encode([], []));
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        awaitCall(canister, method, count === 1 ? tag : `${tag} ${index}`),
      ),
    );
  }

  @update([IDL.Nat32, IDL.Text], undefined)
  startTimer(seconds: number, tag: string): void {
    setTimer(seconds, () => {
      record({ kind: 'timer', tag, time: time() });
    });
  }

  /** Reads a response where there is none. */
  @update([], IDL.Text)
  readOutsideHandler(): string {
    return String(readDurableResponse().callId);
  }

  /** The log as JSON lines, from an index on. */
  @query([IDL.Nat32], IDL.Text, { manual: true })
  readLog(): void {
    const [from] = IDL.decode([IDL.Nat32], msgArgData()) as [number];
    msgReply(new TextEncoder().encode(log.values(from).join('\n')));
  }
}
