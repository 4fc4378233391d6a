import { PocketIc } from '@dfinity/pic';
import { describe, expect, test } from 'vitest';
import { program } from '../support/program.ts';
import { picNetwork } from './pic-network.ts';

const net = picNetwork();
const start = Date.parse('2021-05-06T19:17:10Z');
const nanosPerMillisecond = 1_000_000n;
const timeSeen = program().appendNumber('time').reply();
const heapCounter = program().appendNumber('heapCounter').reply();

describe('the clock', () => {
  test('begins on 6 May 2021, stands still, and goes a nanosecond a round', async () => {
    expect(await net.pic.getTime()).toBe(start);
    const id = await net.canister();
    const before = await net.lookNumber(id, timeSeen);
    expect(await net.lookNumber(id, timeSeen)).toBe(before);
    await net.pic.tick();
    expect(await net.lookNumber(id, timeSeen)).toBe(before + 1n);
    await net.pic.tick(3);
    expect(await net.lookNumber(id, timeSeen)).toBe(before + 4n);
    expect(await net.pic.getTime()).toBe(start);
  });

  test('shows a time that was set at once, and to canisters from the next round on', async () => {
    const id = await net.canister();
    await net.pic.setTime(start + 60_000);
    expect(await net.pic.getTime()).toBe(start + 60_000);
    expect(await net.lookNumber(id, timeSeen)).toBeLessThan(BigInt(start + 60_000) * nanosPerMillisecond);
    await net.pic.tick();
    expect(await net.lookNumber(id, timeSeen)).toBe(BigInt(start + 60_000) * nanosPerMillisecond);
    await net.pic.tick();
    expect(await net.lookNumber(id, timeSeen)).toBe(BigInt(start + 60_000) * nanosPerMillisecond + 1n);
  });

  test('shows a certified time to canisters without a round', async () => {
    const id = await net.canister();
    await net.pic.setCertifiedTime(new Date(start + 5_000));
    expect(await net.lookNumber(id, timeSeen)).toBe(BigInt(start + 5_000) * nanosPerMillisecond);
    await net.pic.advanceCertifiedTime(1_000);
    expect(await net.lookNumber(id, timeSeen)).toBe(BigInt(start + 6_000) * nanosPerMillisecond);
    await net.pic.advanceCertifiedTime(0);
    expect(await net.lookNumber(id, timeSeen)).toBe(BigInt(start + 6_000) * nanosPerMillisecond);
  });

  test('never goes backwards', async () => {
    await net.pic.advanceTime(1_000);
    await net.pic.advanceTime(0);
    await expect(net.pic.setTime(start)).rejects.toThrow(
      `SettingTimeIntoPast((${start + 1_000}000000, ${start}000000))`,
    );
    await expect(net.pic.setCertifiedTime(start)).rejects.toThrow(/SettingTimeIntoPast/);
    expect(await net.pic.getTime()).toBe(start + 1_000);
  });

  test('can be set to the present', async () => {
    await net.pic.resetTime();
    const set = await net.pic.getTime();
    expect(Date.now() - set).toBeLessThan(60_000);
    await net.pic.resetCertifiedTime();
    expect(await net.pic.getTime()).toBeGreaterThanOrEqual(set);
  });

  test('lets a timer fire when it has come and a round is executed, not before', async () => {
    const due = BigInt(start + 10_000) * nanosPerMillisecond;
    const id = await net.canister(program().store('globalTimer', program().addToHeap(1n)).setTimer(due));
    await net.pic.tick(3);
    expect(await net.lookNumber(id, heapCounter)).toBe(0n);
    await net.pic.advanceTime(10_000);
    expect(await net.lookNumber(id, heapCounter)).toBe(0n);
    await net.pic.tick();
    expect(await net.lookNumber(id, heapCounter)).toBe(1n);
  });

  test('is one of its own in every instance, and gone with it', async () => {
    const other = await PocketIc.create(net.server.getUrl());
    await other.advanceTime(1_000);
    expect(await net.pic.getTime()).toBe(start);
    expect(await other.getTime()).toBe(start + 1_000);
    await other.tearDown();
    await expect(other.getTime()).rejects.toThrow('Instance was deleted');
    expect(await net.pic.getTime()).toBe(start);
  });
});
