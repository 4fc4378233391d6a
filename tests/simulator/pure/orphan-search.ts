import type { Principal } from '@dfinity/principal';
import { promise, shown } from './broken-promise.ts';
import { answerOf } from './manager-client.ts';
import type { ManagerClient } from './manager-client.ts';
import type { OperatorOnDuty } from './operator-on-duty.ts';
import { Truth } from './truth.ts';
import type { TransitionWatch } from './watch-transitions.ts';
import type { World } from './world.ts';

const minuteMs = 60_000;
const scanMs = 12 * 60 * minuteMs;

/** What `listOrphans` tells, as far as it is read here. */
interface OrphanScan {
  readonly endedAt: [] | [bigint];
  readonly failure: [] | [string];
  readonly orphans: readonly { readonly canisterId: Principal }[];
}

/** The operator looks for canisters that the Manager made and forgot. */
export class OrphanSearch {
  private readonly truth: Truth;

  constructor(
    private readonly world: World,
    watch: TransitionWatch,
    private readonly client: ManagerClient,
    private readonly duty: OperatorOnDuty,
  ) {
    this.truth = new Truth(world, watch);
  }

  /** Begins a scan, or hears how far it is. */
  begin(): void {
    const answer = answerOf(this.client.findOrphans());
    this.world.marks.hit(`findOrphans answered ${answer}`);
  }

  /** Nothing goes wrong any more: a scan finds every orphan and nothing else, and adopting them leaves none. */
  searchAtRest(): void {
    const orphans = this.truth.orphans().map(({ id }) => id.toText());
    const found = this.scanToEnd();
    promise(
      shown(found.map((id) => id.toText()).sort()) === shown(orphans.sort()),
      'a scan finds every orphan and nothing else',
      () => `found ${shown(found.map(String))}, there are ${shown(orphans)}`,
    );
    this.world.marks.hit(found.length === 0 ? 'no orphan found' : 'orphan found');
    for (const id of found) {
      const answer = this.duty.adoptAsVacant(id);
      promise(answer === 'Ok', 'an orphan can be adopted', () => `${id.toText()}: ${answer}`);
      this.world.run(minuteMs);
    }
    this.duty.audit();
    const left = this.truth.orphans();
    promise(left.length === 0, 'adopted orphans are none any more', () => shown(left.map(({ id }) => id)));
  }

  private scanToEnd(): readonly Principal[] {
    // One that began while reading failed may have given up, and the beginning of the next one may have been lost.
    for (let scans = 0; scans < 3; scans += 1) {
      this.begin();
      const endNs = this.world.nowNs + BigInt(scanMs) * 1_000_000n;
      while (!this.isThrough() && this.world.step(endNs));
      const { failure, orphans, endedAt } = this.latest();
      promise(endedAt.length === 1, 'a scan comes to its end', () => shown(this.latest()));
      if (scans > 0 && failure.length === 0) return orphans.map(({ canisterId }) => canisterId);
    }
    throw new Error('no scan for orphans was read to its end');
  }

  private isThrough(): boolean {
    return this.world.calls.open === 0 && this.latest().endedAt.length === 1;
  }

  private latest(): OrphanScan {
    const { Ok: scan } = this.client.listOrphans() as { Ok: [] | [OrphanScan] };
    const [latest] = scan;
    promise(latest !== undefined, 'a scan begins when it is asked for', () => 'there is none');
    return latest;
  }
}
