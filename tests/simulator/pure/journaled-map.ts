/** What a write replaced; `before` is undefined where there was nothing. */
export interface Change {
  readonly map: JournaledMap;
  readonly key: string;
  readonly before: Uint8Array | undefined;
}

/** All entries of a map; values are never changed in place. */
export type StoredEntries = ReadonlyMap<string, Uint8Array>;

/** Bytes as text of one character per byte: such texts compare as the bytes do. */
export function byteText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

export function bytesOfText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/**
 * One stable map of the simulated canister: ordered by key, hands out copies as stable memory does, and notes what
 * each write replaced, so that a message which traps can be taken back.
 */
export class JournaledMap {
  private entries = new Map<string, Uint8Array>();
  /** Keys in order, made when somebody asks for it: most maps are only read by key. */
  private order: string[] | undefined;

  /** @param journal where changes are noted, oldest first */
  constructor(
    readonly memoryId: number,
    private readonly journal: Change[],
  ) {}

  get(key: Uint8Array): Uint8Array | undefined {
    return this.entries.get(byteText(key))?.slice();
  }

  insert(key: Uint8Array, value: Uint8Array): Uint8Array | undefined {
    return this.write(byteText(key), value.slice());
  }

  remove(key: Uint8Array): Uint8Array | undefined {
    return this.write(byteText(key), undefined);
  }

  len(): number {
    return this.entries.size;
  }

  items(startIndex = 0, length = this.entries.size): [Uint8Array, Uint8Array][] {
    return this.sortedKeys()
      .slice(startIndex, startIndex + length)
      .map((key) => [bytesOfText(key), (this.entries.get(key) ?? new Uint8Array()).slice()]);
  }

  /** The value under a key given as text, not a copy. */
  peek(key: string): Uint8Array | undefined {
    return this.entries.get(key);
  }

  /** Takes one change back. */
  undo({ key, before }: Change): void {
    this.put(key, before);
  }

  copyEntries(): StoredEntries {
    return new Map(this.entries);
  }

  /** Not noted in the journal: no message does this. */
  replaceEntries(entries: StoredEntries): void {
    this.entries = new Map(entries);
    this.order = undefined;
  }

  private write(key: string, value: Uint8Array | undefined): Uint8Array | undefined {
    const before = this.entries.get(key);
    if (value === undefined && before === undefined) return undefined;
    this.journal.push({ map: this, key, before });
    this.put(key, value);
    return before?.slice();
  }

  private put(key: string, value: Uint8Array | undefined): void {
    const isPresent = this.entries.has(key);
    if (value === undefined) this.entries.delete(key);
    else this.entries.set(key, value);
    if (this.order && isPresent !== (value !== undefined)) this.reorder(this.order, key, !isPresent);
  }

  private sortedKeys(): readonly string[] {
    this.order ??= [...this.entries.keys()].sort();
    return this.order;
  }

  private reorder(order: string[], key: string, isAdded: boolean): void {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((order[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    if (isAdded) order.splice(low, 0, key);
    else order.splice(low, 1);
  }
}
