import type { IDL } from '@dfinity/candid';
import { type CandidInterface } from './candid-interface.ts';
import { shapeOf } from './candid-shape.ts';

/**
 * How one interface differs from another, in words; nothing when they are the same, whatever their types are called
 * and in whichever order they list methods, fields and variants.
 */
export function candidDifferences(written: CandidInterface, generated: CandidInterface): string[] {
  const comparison = new Comparison();
  comparison.lists('init argument', written.initArguments, generated.initArguments);
  comparison.named('service', 'method', written.methods, generated.methods, (method, ours, theirs) => {
    comparison.functions(method, ours, theirs);
  });
  return comparison.differences;
}

class Comparison {
  readonly differences: string[] = [];
  /** Pairs compared already, or being compared: a recursive type comes back to itself. */
  readonly #seen = new Map<IDL.Type, Set<IDL.Type>>();

  functions(path: string, written: IDL.FuncClass, generated: IDL.FuncClass): void {
    this.lists(`${path}, argument`, written.argTypes, generated.argTypes);
    this.lists(`${path}, result`, written.retTypes, generated.retTypes);
    const [ours, theirs] = [modeOf(written), modeOf(generated)];
    if (ours !== theirs) this.#differs(path, ours, theirs);
  }

  lists(path: string, written: readonly IDL.Type[], generated: readonly IDL.Type[]): void {
    if (written.length !== generated.length) {
      this.#differs(path, `${written.length} of them`, String(generated.length));
      return;
    }
    written.forEach((type, index) => {
      const other = generated[index];
      if (other) this.types(written.length === 1 ? path : `${path} ${index + 1}`, type, other);
    });
  }

  types(path: string, written: IDL.Type, generated: IDL.Type): void {
    const seen = this.#seen.get(written) ?? new Set();
    if (seen.has(generated)) return;
    this.#seen.set(written, seen.add(generated));
    const [ours, theirs] = [shapeOf(written), shapeOf(generated)];
    if (ours.kind !== theirs.kind) {
      this.#differs(path, ours.kind, theirs.kind);
      return;
    }
    this.named(path, ours.partName, ours.parts, theirs.parts, (part, ourPart, theirPart) => {
      this.types(`${path}.${part}`, ourPart, theirPart);
    });
    if (ours.function && theirs.function) this.functions(path, ours.function, theirs.function);
  }

  named<Part>(
    path: string,
    partName: string,
    written: ReadonlyMap<string, Part>,
    generated: ReadonlyMap<string, Part>,
    compare: (name: string, written: Part, generated: Part) => void,
  ): void {
    for (const name of new Set([...written.keys(), ...generated.keys()])) {
      const [ours, theirs] = [written.get(name), generated.get(name)];
      if (ours === undefined) this.#differs(path, `no ${partName} "${name}"`, 'has it');
      else if (theirs === undefined) this.#differs(path, `${partName} "${name}"`, 'does not have it');
      else compare(name, ours, theirs);
    }
  }

  #differs(path: string, written: string, generated: string): void {
    this.differences.push(`${path}: the file says ${written}, the code ${generated}`);
  }
}

function modeOf({ annotations }: IDL.FuncClass): string {
  return annotations.length === 0 ? 'update' : [...annotations].sort().join(' ');
}
