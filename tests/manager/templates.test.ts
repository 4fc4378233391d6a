import { IDL } from '@dfinity/candid';
import { beforeEach, describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { PublishTemplateRequest } from '../../src/manager/candid/operator.ts';
import { ManagerFixture, operator, sha256 } from '../support/manager-fixture.ts';
import { tinyGreeterModule } from '../support/tiny-greeter.ts';

const fixture = new ManagerFixture();
const deployed = fixture.network.checkpoint();

beforeEach(() => {
  fixture.network.restore(deployed);
});

/* What needs no fault is tested in tests/pocket-ic/manager/templates.test.ts. */

describe('publishing a template', () => {
  test('whose upload was rejected is repeated by publishing again', () => {
    fixture.network.faults.add(
      { callee: managementCanisterId, method: 'upload_chunk', nth: 1 },
      { kind: 'reject', rejection: { rejectCode: 2, errorCode: 'IC0204', message: 'busy' } },
    );
    fixture.publish('2.0.0', tinyGreeterModule(2));
    expect(fixture.templates()).toMatchObject([
      {},
      { state: { failed: expect.stringContaining('busy') as string } },
    ]);
    fixture.publish('2.0.0', tinyGreeterModule(2));
    expect(fixture.templates()).toMatchObject([{}, { state: { available: null } }]);
  });

  test('whose upload was never answered is repeated by publishing again', () => {
    fixture.network.faults.add(
      { callee: managementCanisterId, method: 'upload_chunk', nth: 1 },
      { kind: 'trapCallback', message: 'lost' },
    );
    fixture.publish('2.0.0', tinyGreeterModule(2));
    fixture.network.runFor(3_600_000);
    expect(fixture.templates()).toMatchObject([{}, { state: { uploading: null } }]);
    fixture.publish('2.0.0', tinyGreeterModule(2));
    expect(fixture.templates()).toMatchObject([{}, { state: { available: null } }]);
  });

  test('again while the first upload is on its way is harmless, whichever fails', () => {
    const rejection = { rejectCode: 2, errorCode: 'IC0204', message: 'busy' } as const;
    for (const nth of [1, 2]) {
      fixture.network.restore(deployed);
      const { faults } = fixture.network;
      faults.add(
        { callee: managementCanisterId, method: 'upload_chunk', nth },
        { kind: 'reject', rejection },
      );
      const arg = IDL.encode(
        [PublishTemplateRequest],
        [{ version: '2.0.0', module: tinyGreeterModule(2), moduleHash: sha256(tinyGreeterModule(2)) }],
      );
      const call = { sender: operator, canisterId: fixture.managerId, method: 'publishTemplate', arg };
      fixture.network.submitUpdate(call);
      fixture.network.submitUpdate(call);
      fixture.network.run();
      expect(fixture.templates()).toMatchObject([{}, { state: { available: null } }]);
    }
  });
});
