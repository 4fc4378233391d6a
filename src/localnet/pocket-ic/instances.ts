import { Instance } from './instance.ts';
import type { InstanceConfig } from './instance-config.ts';
import { ProtocolError } from './protocol-error.ts';

/** The networks of a server, by their number; numbers are never used twice. */
export class Instances {
  readonly #instances = new Map<number, Instance>();
  #nextId = 0;

  constructor(private readonly writeLog: (line: string) => void) {}

  create(config: InstanceConfig): Instance {
    const instance = new Instance(this.#nextId, config, this.writeLog);
    this.#nextId += 1;
    this.#instances.set(instance.id, instance);
    return instance;
  }

  /** @throws ProtocolError when it does not exist or was deleted */
  get(id: number): Instance {
    const instance = this.#instances.get(id);
    if (instance !== undefined) return instance;
    throw new ProtocolError('InstanceNotFound', `There is no instance ${id}.`, 404);
  }

  delete(id: number): void {
    this.get(id).close();
    this.#instances.delete(id);
  }

  /** What `GET /instances` shows, by number: instances that exist or did. */
  states(): string[] {
    return Array.from({ length: this.#nextId }, (_, id) =>
      this.#instances.has(id) ? 'Available' : 'Deleted',
    );
  }

  close(): void {
    for (const instance of this.#instances.values()) instance.close();
    this.#instances.clear();
  }
}
