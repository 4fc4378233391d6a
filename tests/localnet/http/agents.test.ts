import {
  Actor,
  AnonymousIdentity,
  Certificate,
  CertifiedRejectErrorCode,
  HttpAgent,
  type Identity,
  lookupResultToBuffer,
  polling,
  QuerySignatureVerificationFailedErrorCode,
  RejectError,
  StatePaths,
  TrustError,
} from '@icp-sdk/core/agent';
import { IDL } from '@icp-sdk/core/candid';
import {
  DelegationChain,
  DelegationIdentity,
  ECDSAKeyIdentity,
  Ed25519KeyIdentity,
} from '@icp-sdk/core/identity';
import { Secp256k1KeyIdentity } from '@icp-sdk/core/identity/secp256k1';
import { Principal } from '@icp-sdk/core/principal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SubnetKeys } from '../../../src/localnet/certification/index.ts';
import { AgentEndpoint } from './support/agent-endpoint.ts';
import { guestbookInterface, type Guestbook } from './support/guestbook-interface.ts';

let network: AgentEndpoint;
beforeAll(async () => {
  network = await AgentEndpoint.start();
});
afterAll(() => network.close());

/** Polls without pauses; the agent's own strategy waits a second. */
const withoutPauses = { strategy: () => new Promise<void>((resolve) => setImmediate(resolve)) };

async function delegation(): Promise<DelegationIdentity> {
  const [root, session] = [Ed25519KeyIdentity.generate(), Ed25519KeyIdentity.generate()];
  const expiration = new Date(Date.now() + 60_000);
  const chain = await DelegationChain.create(root, session.getPublicKey(), expiration, {
    targets: [Principal.fromText(network.guestbookId)],
  });
  return DelegationIdentity.fromDelegation(session, chain);
}

describe('an agent', () => {
  const identities: readonly (readonly [string, () => Identity | Promise<Identity>])[] = [
    ['nobody', () => new AnonymousIdentity()],
    ['an Ed25519 key', () => Ed25519KeyIdentity.generate()],
    ['a secp256k1 key', () => Secp256k1KeyIdentity.generate()],
    ['a P-256 key of the platform', () => ECDSAKeyIdentity.generate()],
    ['a delegation with targets', delegation],
  ];

  test.each(identities)('calls and queries as %s', async (_name, create) => {
    const identity: Identity = await create();
    const guestbook = await network.guestbook({ identity });
    const sender = identity.getPrincipal().toText();
    const [caller, visits] = await guestbook.visit();
    expect(caller.toText()).toBe(sender);
    expect(visits).toBeGreaterThan(0);
    expect((await guestbook.whoAmI()).toText()).toBe(sender);
  });

  test('may fetch the root key itself', async () => {
    const agent = await HttpAgent.create({ host: network.endpoint.url, shouldFetchRootKey: true });
    expect(agent.rootKey).toEqual(network.endpoint.rootKeyDer);
    const guestbook = Actor.createActor<Guestbook>(guestbookInterface, {
      agent,
      canisterId: network.guestbookId,
    });
    await expect(guestbook.visit()).resolves.toBeDefined();
  });

  test('that trusts another key believes nothing', async () => {
    const guestbook = await network.guestbook({ rootKey: new SubnetKeys('somebody else').rootKeyDer });
    await expect(guestbook.visit()).rejects.toThrow(TrustError);
    await expect(guestbook.whoAmI()).rejects.toThrow();
  });

  test('does not believe a query whose reply was changed on the way', async () => {
    const honest = await network.guestbook();
    const forging: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      const address = input instanceof Request ? input.url : input.toString();
      if (!address.endsWith('/query')) return response;
      const body = new Uint8Array(await response.arrayBuffer());
      // The last byte of the reply's principal: 04, anonymous.
      const text = Buffer.from(body)
        .toString('latin1')
        .replace('DIDL\0\x01h\x01\x01\x04', 'DIDL\0\x01h\x01\x01\x05');
      return new Response(Buffer.from(text, 'latin1'), response);
    };
    const forged = await network.guestbook({ fetch: forging });
    expect((await honest.whoAmI()).isAnonymous()).toBe(true);
    const failure = await forged.whoAmI().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TrustError);
    expect((failure as TrustError).code).toBeInstanceOf(QuerySignatureVerificationFailedErrorCode);
  });

  test('learns why a call was rejected', async () => {
    const guestbook = await network.guestbook();
    const failure: unknown = await guestbook.fail('I fell').catch((error: unknown) => error);
    if (!(failure instanceof RejectError)) throw failure;
    const { code } = failure;
    if (!(code instanceof CertifiedRejectErrorCode)) throw failure;
    expect([code.rejectCode, code.rejectErrorCode]).toEqual([5, 'IC0503']);
    expect(code.rejectMessage).toContain("Canister called `ic0.trap` with message: 'I fell'");
  });

  test('polls for the answer of an asynchronous call', async () => {
    const agent = await network.agent({ identity: Ed25519KeyIdentity.generate() });
    const options = { methodName: 'visit', arg: IDL.encode([], []), callSync: false };
    const { requestId, response } = await agent.call(network.guestbookId, options);
    expect(response.status).toBe(202);
    const { reply } = await polling.pollForResponse(
      agent,
      { canisterId: network.guestbookId },
      requestId,
      withoutPauses,
    );
    const [caller] = IDL.decode([IDL.Principal, IDL.Nat32], reply) as [Principal, number];
    expect(caller.toText()).toBe((await agent.getPrincipal()).toText());
  });

  test('polls on when a synchronous call takes too long', async () => {
    const slow = await AgentEndpoint.start({}, { answerTimeoutMs: 1 });
    try {
      slow.live.pause();
      const agent = await slow.agent();
      const { requestId, response } = await agent.call(slow.guestbookId, {
        methodName: 'visit',
        arg: IDL.encode([], []),
      });
      expect(response.status).toBe(202);
      slow.live.resume();
      const target = { canisterId: slow.guestbookId };
      const { reply } = await polling.pollForResponse(agent, target, requestId, withoutPauses);
      expect(IDL.decode([IDL.Principal, IDL.Nat32], reply)[1]).toBe(1);
    } finally {
      await slow.close();
    }
  });

  test('whose clock is slow learns the time from the refusal', async () => {
    const hourNanos = 3_600_000_000_000n;
    const ahead = await AgentEndpoint.start({ startTimeNanos: BigInt(Date.now()) * 1_000_000n + hourNanos });
    try {
      const guestbook = await ahead.guestbook({ identity: Ed25519KeyIdentity.generate() });
      expect((await guestbook.visit())[1]).toBe(1);
      await expect(guestbook.whoAmI()).resolves.toBeDefined();
    } finally {
      await ahead.close();
    }
  });

  test('makes many calls at once, each executed once', async () => {
    const guestbook = await network.guestbook({ identity: Ed25519KeyIdentity.generate() });
    const visits = await Promise.all(Array.from({ length: 20 }, () => guestbook.visit()));
    expect(new Set(visits.map(([, visit]) => visit)).size).toBe(20);
  });
});

describe('an agent reads', () => {
  test('what is certified of a canister', async () => {
    const agent = await network.agent();
    const canisterId = Principal.fromText(network.guestbookId);
    const paths = {
      time: StatePaths.time,
      controllers: StatePaths.canisterControllers(canisterId),
      moduleHash: StatePaths.canisterModuleHash(canisterId),
      greeting: StatePaths.canisterMetadataString(canisterId, 'greeting'),
      absent: StatePaths.canisterMetadataString(canisterId, 'absent'),
    };
    const { values } = await agent.readState({ canisterId }, { paths: Object.values(paths) });
    expect(values.get(paths.time)).toBeInstanceOf(Date);
    expect(values.get(paths.controllers)).toHaveLength(1);
    expect(values.get(paths.moduleHash)).toHaveLength(32);
    expect(values.get(paths.greeting)).toBe('welcome');
    expect(values.get(paths.absent)).toBeNull();
  });

  test('what is certified of the subnet', async () => {
    const agent = await network.agent();
    const subnetId = Principal.fromText(network.live.network.subnetId.toText());
    const paths = {
      publicKey: StatePaths.subnetPublicKey(subnetId),
      ranges: StatePaths.subnetCanisterRanges(subnetId),
    };
    const { values } = await agent.readState({ subnetId }, { paths: Object.values(paths) });
    expect(values.get(paths.publicKey)).toEqual(network.endpoint.rootKeyDer);
    const [[first, last] = []] = values.get(paths.ranges) ?? [];
    const id = Principal.fromText(network.guestbookId);
    expect([first?.ltEq(id), last?.gtEq(id)]).toEqual([true, true]);
  });

  test("the certificate a canister shows for its data, signed with the network's key", async () => {
    const guestbook = await network.guestbook();
    await guestbook.visit();
    const [[certificate], data] = await guestbook.certified();
    const verified = await Certificate.create({
      certificate: Uint8Array.from(certificate ?? []),
      rootKey: network.endpoint.rootKeyDer,
      principal: { canisterId: Principal.fromText(network.guestbookId) },
    });
    const path = ['canister', Principal.fromText(network.guestbookId).toUint8Array(), 'certified_data'];
    expect(lookupResultToBuffer(verified.lookup_path(path))).toEqual(Uint8Array.from(data));
  });
});

describe('an agent manages canisters', () => {
  test('creates, installs, asks for the status, stops and deletes', async () => {
    const identity = Ed25519KeyIdentity.generate();
    const agent = await network.agent({ identity });
    const CanisterId = IDL.Record({ canister_id: IDL.Principal });
    const manage = (methodName: string, effective: Principal, arg: Uint8Array) =>
      agent.update('aaaaa-aa', { methodName, arg, effectiveTarget: { canisterId: effective } });
    const anyId = Principal.fromText(network.guestbookId);
    const created = await manage(
      'provisional_create_canister_with_cycles',
      anyId,
      IDL.encode([IDL.Record({ amount: IDL.Opt(IDL.Nat) })], [{ amount: [5_000_000_000_000n] }]),
    );
    const [{ canister_id: id }] = IDL.decode([CanisterId], created.reply) as unknown as [
      { canister_id: Principal },
    ];
    const argument = IDL.encode([CanisterId], [{ canister_id: id }]);
    const status = await agent.query('aaaaa-aa', {
      methodName: 'canister_status',
      arg: argument,
      effectiveTarget: { canisterId: id },
    });
    expect(status.status).toBe('replied');
    await manage('stop_canister', id, argument);
    await manage('delete_canister', id, argument);
    await expect(manage('stop_canister', id, argument)).rejects.toThrow('not found');
  });
});
