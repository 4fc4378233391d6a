/** What a place in the code gets injected. */
export type InjectionKind =
  'block' | 'reentrant block' | 'charge per element' | 'note change' | 'leave' | 'canonical NaN';

const kinds: readonly InjectionKind[] = [
  'block',
  'reentrant block',
  'charge per element',
  'note change',
  'leave',
  'canonical NaN',
];

/**
 * The places of one function that get metering code, in order of position.
 *
 * Kept in flat arrays that are reused: a module has hundreds of thousands of them, and one object each doubles
 * the time of the rewriting pass.
 */
export class InjectionPoints {
  #positions = new Uint32Array(1024);
  #weights = new Uint32Array(1024);
  #kinds = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** @returns the number by which the point is known here */
  add(position: number, kind: InjectionKind, weight: number): number {
    const point = this.#length;
    if (point === this.#positions.length) this.#enlarge();
    this.#positions[point] = position;
    this.#weights[point] = weight;
    this.#kinds[point] = kinds.indexOf(kind);
    this.#length = point + 1;
    return point;
  }

  /** Offset in the code before which to inject. */
  position(point: number): number {
    return this.#positions[point] as number;
  }

  /** Instructions the block starting there costs; of a canonical NaN, the number of its shape. */
  weight(point: number): number {
    return this.#weights[point] as number;
  }

  kind(point: number): InjectionKind {
    return kinds[this.#kinds[point] as number] as InjectionKind;
  }

  setWeight(point: number, weight: number): void {
    this.#weights[point] = weight;
  }

  #enlarge(): void {
    const capacity = this.#positions.length * 2;
    const larger = [new Uint32Array(capacity), new Uint32Array(capacity), new Uint8Array(capacity)] as const;
    larger[0].set(this.#positions);
    larger[1].set(this.#weights);
    larger[2].set(this.#kinds);
    [this.#positions, this.#weights, this.#kinds] = larger;
  }
}
