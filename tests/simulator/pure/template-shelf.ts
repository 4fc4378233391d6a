import { createHash } from 'node:crypto';
import { promise, shown } from './broken-promise.ts';
import { operator } from './identities.ts';
import { answerOf } from './manager-client.ts';
import type { ManagerClient } from './manager-client.ts';
import { rememberMap } from './remembering.ts';
import type { Remembering } from './remembering.ts';
import type { World } from './world.ts';

/** What a template is like: one whose init always traps is no good, and one may be published under another's hash. */
export type TemplateQuality = 'good' | 'bad' | 'wrongHash';

/** What the operator does about templates. */
export type TemplateChange =
  | { readonly kind: 'publish'; readonly version: string; readonly quality: TemplateQuality }
  | { readonly kind: 'activate'; readonly version: string };

/** The template that every Manager begins with. */
export const firstVersion = '1.0.0';
const uploadRetryMs = 60_000;

/** What the operator has published and activated, and whether the Manager holds to it. */
export class TemplateShelf implements Remembering {
  active: string | undefined;
  private readonly hashes = new Map<string, Uint8Array>();

  constructor(
    private readonly world: World,
    private readonly client: ManagerClient,
  ) {}

  remember(): () => void {
    const { active } = this;
    const recall = rememberMap(this.hashes);
    return () => {
      this.active = active;
      recall();
    };
  }

  change(change: TemplateChange): void {
    if (change.kind === 'publish') this.publish(change.version, change.quality);
    else this.activate(change.version);
  }

  /** Publishes the first template and activates it, again and again until that works. */
  deploy(): void {
    if (this.active !== undefined) return;
    this.publish(firstVersion, 'good');
    this.world.after(10_000, () => {
      this.activate(firstVersion);
    });
    this.world.after(uploadRetryMs, () => {
      this.deploy();
    });
  }

  /** Activates a template that works, if the active one does not. */
  rollBack(): void {
    const hash = this.active === undefined ? undefined : this.hashOf(this.active);
    if (!hash || !this.world.ic.badModules.has(hex(hash))) return;
    const answer = this.activate(firstVersion);
    promise(answer === 'Ok', 'an earlier template can be activated', () => answer);
  }

  /** The hash a version was published with. */
  hashOf(version: string): Uint8Array | undefined {
    return this.hashes.get(version);
  }

  private publish(version: string, quality: TemplateQuality): void {
    const module = moduleOf(version, quality);
    const hash = new Uint8Array(createHash('sha256').update(module).digest());
    if (quality === 'bad') this.world.ic.badModules.add(hex(hash));
    const published = quality === 'wrongHash' ? hash.map((byte) => byte ^ 1) : hash;
    const answer = answerOf(this.client.publish(version, module, published));
    this.world.marks.hit(`publish answered ${answer}`);
    const known = this.hashes.get(version);
    if (answer === 'VersionConflict') {
      promise(known !== undefined && hex(known) !== hex(published), 'a version is one module', () => version);
    }
    if (answer !== 'Ok') return;
    promise(known === undefined || hex(known) === hex(published), 'a version is one module', () => version);
    this.hashes.set(version, published);
  }

  private activate(version: string): string {
    const answer = answerOf(this.client.activate({ caller: operator }, version));
    this.world.marks.hit(`activate answered ${answer}`);
    if (answer !== 'Ok') return answer;
    const hash = this.hashes.get(version);
    promise(
      hash !== undefined && this.world.ic.chunks.has(hex(hash)),
      'only what the network has is activated',
      () => `${version}: ${shown(hash)}`,
    );
    if (this.active !== undefined && this.active > version) this.world.marks.hit('template rolled back');
    this.active = version;
    return answer;
  }
}

/** An empty Wasm module, and bytes that tell it from others. */
function moduleOf(version: string, quality: TemplateQuality): Uint8Array {
  const head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  return new Uint8Array([...head, ...Buffer.from(`${version} ${quality}`)]);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
