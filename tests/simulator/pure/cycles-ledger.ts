/** Every cycle of a run: where it came from and where it went. What canisters and calls hold is counted apart. */
export class CyclesLedger {
  minted = 0n;
  burned = 0n;

  /** @throws Error unless what came in is what was burned and what is held */
  check(held: bigint): void {
    if (this.minted !== this.burned + held) {
      const missing = this.minted - this.burned - held;
      throw new Error(
        `cycles: ${this.minted} came in, ${this.burned} burned, ${held} held, ${missing} missing`,
      );
    }
  }
}
