/** Random choices that a seed repeats (mulberry32). */
export class Dice {
  constructor(private state: number) {}

  /** A whole number from 0 to `maximum`, both included. */
  upTo(maximum: number): number {
    return Math.floor(this.next() * (maximum + 1));
  }

  pick<Choice>(choices: readonly Choice[]): Choice {
    const choice = choices[this.upTo(choices.length - 1)];
    if (choice === undefined && !choices.includes(choice as Choice))
      throw new Error('nothing to choose from');
    return choice as Choice;
  }

  private next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }
}
