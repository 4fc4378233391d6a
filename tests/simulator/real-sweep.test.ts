import { expect, test } from 'vitest';
import { stories, sweep } from './real/sweep.ts';

test.each(stories)(
  'a Greeter %s: whatever one thing goes wrong at any message, every promise is kept',
  (story) => {
    const { boundaries, faults } = sweep(story);
    expect(boundaries).toBeGreaterThan(10);
    // Each fault between messages was tried at each of them, and every call was disturbed.
    for (const name of ['hot upgrade', 'stopped upgrade', 'out of cycles']) {
      expect(faults.count(name)).toBe(boundaries + 1);
    }
    const calls = {
      provisioned: 'install_chunked_code',
      cancelled: 'uninstall_code',
      'provisioned from stock': 'canister_status',
    };
    for (const kind of ['dropReply', 'dropBeforeExecution', 'trapCallback', 'limitCallback']) {
      expect(faults.count(`${calls[story]}: ${kind}`)).toBeGreaterThan(0);
    }
  },
);
