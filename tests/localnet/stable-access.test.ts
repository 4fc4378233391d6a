import { describe, expect, test } from 'vitest';
import { CanisterFailure } from '../../src/localnet/canister-failure.ts';
import { StableAccess } from '../../src/localnet/system-api/stable-access.ts';
import { thrownBy } from '../support/thrown-by.ts';
import { program, type Program } from './support/program.ts';
import { TestNetwork } from './support/test-network.ts';

const chunkBytes = 65_536;
const targetAddress = 3 * 2 ** 20;

/** Reads so much stable memory, 64 KiB at a time, to the same place in the heap, behind the program itself. */
function reading(bytes: number): Program {
  const written = program().growHeap(64);
  for (let offset = 0; offset < bytes; offset += chunkBytes) {
    written.system('stable64_read', targetAddress, offset, chunkBytes);
  }
  return written.reply('read');
}

const gibibyte = 2 ** 30;

describe('one execution', () => {
  test('may access 1 GiB of stable memory as a query, 2 GiB as an update', () => {
    const net = new TestNetwork();
    const id = net.canister({ init: program().growStable(3n * 16_384n) });
    expect(new TextDecoder().decode(net.look(id, reading(gibibyte)))).toBe('read');
    const { errorCode, rejectMessage } = net.rejection(() => net.look(id, reading(gibibyte + 1)));
    expect(errorCode).toBe('IC0524');
    expect(rejectMessage).toBe(
      `Error from Canister ${id.toText()}: Canister exceeded memory access limits: Exceeded the limit for the number ` +
        'of accessed pages in the stable memory in a single message execution: limit 2097152 KB for regular messages ' +
        "and 1048576 KB for queries..\nTry optimizing the use of stable memory so that individual messages don't need " +
        'to access as much stable memory. See documentation: ' +
        'https://internetcomputer.org/docs/current/references/execution-errors#memory-access-limit-exceeded',
    );
    expect(net.runText(id, reading(gibibyte + 1))).toBe('read');
    expect(net.rejection(() => net.run(id, reading(2 * gibibyte + 1))).errorCode).toBe('IC0524');
  });

  test('is counted alone, however often it accesses the same pages', () => {
    const access = new StableAccess(2 * 4_096);
    for (let time = 0; time < 5; time += 1) access.read(0n, 4_097n);
    access.write(4_096n, 4_096n);
    const beyond = thrownBy(CanisterFailure, () => {
      access.read(8_192n, 1n);
    });
    expect(beyond.description).toContain('accessed pages');
  });

  test('may write no more than it may access', () => {
    const access = new StableAccess(2 * 4_096);
    access.write(0n, 0n);
    access.write(10n, 8_182n);
    const beyond = thrownBy(CanisterFailure, () => {
      access.write(8_192n, 1n);
    });
    expect(beyond).toMatchObject({ errorCode: 'IC0524' });
    expect(beyond.description).toBe(
      'Canister exceeded memory access limits: Exceeded the limit for the number of modified pages in the stable ' +
        'memory in a single execution: limit 2097152 KB for regular messages, 8388608 KB for upgrade messages and ' +
        '1048576 KB for queries.',
    );
  });
});
