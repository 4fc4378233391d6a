/** Random choices that a seed repeats (mulberry32). */
export class Dice {
  constructor(private state: number) {}

  /** A whole number from 0 to `maximum`, both included. */
  upTo(maximum: number): number {
    return Math.floor(this.fraction() * (maximum + 1));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<Choice>(choices: readonly Choice[]): Choice {
    if (choices.length === 0) throw new Error('nothing to choose from');
    return choices[this.upTo(choices.length - 1)] as Choice;
  }

  /** Each of the choices is kept with this probability. */
  some<Choice>(choices: readonly Choice[], probability: number): Choice[] {
    return choices.filter(() => this.chance(probability));
  }

  /** 0 included, 1 excluded. */
  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    return mixed(this.state);
  }
}

/**
 * A whole number from 0 to `maximum` that depends on the words alone, and not on what was drawn before: so a
 * schedule from which something is dropped goes on otherwise as it did.
 */
export function chosenBy(maximum: number, ...words: readonly number[]): number {
  const state = words.reduce((hash, word) => Math.imul(hash ^ word, 0x01000193) >>> 0, 0x811c9dc5);
  return Math.floor(mixed(state) * (maximum + 1));
}

function mixed(state: number): number {
  let mix = Math.imul(state ^ (state >>> 15), state | 1);
  mix ^= mix + Math.imul(mix ^ (mix >>> 7), mix | 61);
  return ((mix ^ (mix >>> 14)) >>> 0) / 0x1_0000_0000;
}
