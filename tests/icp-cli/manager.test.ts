import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HttpAgent } from '@icp-sdk/core/agent';
import { Ed25519KeyIdentity } from '@icp-sdk/core/identity';
import { Principal } from '@dfinity/principal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentTransport } from '../../src/cli/agent-transport.ts';
import { describeValue } from '../../src/cli/describe-value.ts';
import { briskClock } from '../../src/cli/demo/brisk-clock.ts';
import { readCanisterModule } from '../../src/cli/demo/canister-files.ts';
import { activateTemplate } from '../../src/cli/demo/deploy.ts';
import { verifyGreeter } from '../../src/cli/demo/verify.ts';
import {
  CallRejectedError,
  type CallTransport,
  type JobId,
  managerClient,
  waitForJob,
} from '../../src/client/index.ts';
import { skipsWithoutIcp } from './support/icp-binary.ts';
import { IcpProject, managedNetwork } from './support/icp-project.ts';

const checkout = resolve(import.meta.dirname, '../..');
/** What a build needs; its outputs come along, so that nothing is built unless a source is newer. */
const copied = [
  'src',
  'scripts',
  'types',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  '.canisters',
];
const jobTimeoutMs = 120_000;

/** A user who asks for Greeters. */
class Customer {
  readonly identity = Ed25519KeyIdentity.generate();
  readonly principal = Principal.fromUint8Array(this.identity.getPrincipal().toUint8Array());
  readonly accepted: JobId[] = [];
  refused = 0;

  constructor(private readonly connect: (identity: Ed25519KeyIdentity) => Promise<CallTransport>) {}

  /** Asks for one Greeter after another. What the Manager cannot accept at present is asked for again. */
  async order(managerId: Principal, until: () => boolean): Promise<void> {
    const manager = managerClient(await this.connect(this.identity), managerId);
    while (!until()) {
      const idempotencyKey: [string] = [`greeter ${this.accepted.length}`];
      try {
        const answer = await manager.createGreeter([{ idempotencyKey, greeting: [], invitationCode: [] }]);
        if ('Ok' in answer) this.accepted.push(answer.Ok.job.id);
      } catch (error) {
        if (!(error instanceof CallRejectedError)) throw error;
        this.refused += 1;
      }
    }
  }

  /** Waits for every accepted job, and looks at its Greeter. @returns the Greeters' ids */
  async collect(managerId: Principal, templateHash: Uint8Array): Promise<string[]> {
    const transport = await this.connect(this.identity);
    const greeters: string[] = [];
    for (const jobId of this.accepted) {
      const outcome = await waitForJob(managerClient(transport, managerId), jobId, {
        timeoutMs: jobTimeoutMs,
        clock: briskClock,
      });
      if (outcome.kind !== 'completed') {
        throw new Error(`Job ${jobId} is ${outcome.kind}: ${describeValue(outcome)}.`);
      }
      await verifyGreeter(transport, this.principal, outcome.greeterId, templateHash);
      greeters.push(outcome.greeterId.toText());
    }
    return greeters;
  }
}

describe.skipIf(skipsWithoutIcp)("the project's own icp.yaml, in a copy of the project", () => {
  const project = new IcpProject(readFileSync(join(checkout, 'icp.yaml'), 'utf8') + managedNetwork);
  const operator = Ed25519KeyIdentity.generate();
  let connect: (identity: Ed25519KeyIdentity) => Promise<CallTransport>;
  let managerId: Principal;
  let templateHash: Uint8Array;

  beforeAll(async () => {
    for (const path of copied)
      cpSync(join(checkout, path), join(project.directory, path), { recursive: true });
    symlinkSync(join(checkout, 'node_modules'), join(project.directory, 'node_modules'));
    await project.becomeNewIdentity('alice');
    await project.icp('network', 'start', '-d');
    const status = JSON.parse(await project.icp('network', 'status', '--json')) as {
      api_url: string;
      root_key: string;
    };
    connect = async (identity) =>
      agentTransport(
        await HttpAgent.create({
          host: status.api_url,
          rootKey: Uint8Array.from(Buffer.from(status.root_key, 'hex')),
          identity,
          retryTimes: 0,
        }),
      );
  });
  afterAll(() => project.remove());

  test('deploys the Manager, which an operator gets ready', async () => {
    await project.icp('deploy');
    const shown = await project.icp('canister', 'status', 'manager');
    managerId = Principal.fromText(/Canister Id: (\S+)/.exec(shown)?.[1] ?? '');
    await project.icp('canister', 'top-up', 'manager', '--amount', '300t');
    const operatorId = operator.getPrincipal().toText();
    await project.icp('canister', 'settings', 'update', 'manager', '--add-controller', operatorId);
    const greeter = await readCanisterModule(join(checkout, '.canisters'), 'greeter');
    await activateTemplate(await connect(operator), managerId, greeter);
    templateHash = greeter.sha256;
  });

  test('deploys it again while it works, and no accepted job is lost', async () => {
    const customers = Array.from({ length: 3 }, () => new Customer(connect));
    let isDeployed = false;
    const orders = customers.map((customer) => customer.order(managerId, () => isDeployed));
    await project.icp('deploy').finally(() => {
      isDeployed = true;
    });
    await Promise.all(orders);
    const greeters = (
      await Promise.all(customers.map((customer) => customer.collect(managerId, templateHash)))
    ).flat();
    const accepted = customers.reduce((sum, customer) => sum + customer.accepted.length, 0);
    expect(accepted).toBeGreaterThan(0);
    expect(new Set(greeters).size).toBe(accepted);
    // The Manager was stopped under their hands, not in a moment of rest.
    expect(customers.some(({ refused }) => refused > 0)).toBe(true);
  });
});
