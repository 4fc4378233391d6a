/** Events by time; those of the same time in the order they were added. */
export class EventQueue<Event> {
  private readonly events: { readonly atNs: bigint; readonly event: Event }[] = [];

  add(atNs: bigint, event: Event): void {
    let index = this.events.length;
    while (index > 0 && (this.events[index - 1]?.atNs ?? 0n) > atNs) index -= 1;
    this.events.splice(index, 0, { atNs, event });
  }

  nextNs(): bigint | undefined {
    return this.events[0]?.atNs;
  }

  take(): Event | undefined {
    return this.events.shift()?.event;
  }

  get size(): number {
    return this.events.length;
  }
}
