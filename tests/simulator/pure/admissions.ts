import { createHash } from 'node:crypto';
import type { Principal } from '@dfinity/principal';
import { promise, shown } from './broken-promise.ts';
import { operator, user } from './identities.ts';
import { answerOf } from './manager-client.ts';
import type { ManagerClient, Variant } from './manager-client.ts';
import { rememberMap, rememberSet } from './remembering.ts';
import type { Remembering } from './remembering.ts';
import type { World } from './world.ts';

/** Who may ask for a Greeter. */
export type Policy = 'open' | 'allowList' | 'invitation' | 'paid';

/** What the operator changes about admission. */
export type AdmissionChange =
  | { readonly kind: 'setPolicy'; readonly policy: Policy }
  | { readonly kind: 'allow' | 'disallow'; readonly user: number }
  | { readonly kind: 'invite'; readonly code: string; readonly uses: number }
  | { readonly kind: 'revoke'; readonly code: string };

/** What a job was admitted for. */
export interface Admittance {
  readonly policy: Policy;
  readonly code?: string;
}

/** What a caller brings along. */
export interface Offer {
  readonly code?: string;
  readonly attachedCycles: bigint;
  /** What the Manager owes the caller just before the request. */
  readonly creditCycles: bigint;
  /** What the Manager took with the request. */
  readonly acceptedCycles: bigint;
}

export const priceCycles = 2_000_000_000_000n;

interface Invitation {
  readonly uses: number;
  readonly isRevoked: boolean;
}

/** What the operator has told the Manager about who may come, and whether the Manager holds to it. */
export class Admissions implements Remembering {
  policy: Policy = 'open';
  private readonly allowed = new Set<string>();
  private readonly invitations = new Map<string, Invitation>();

  constructor(
    private readonly world: World,
    private readonly client: ManagerClient,
  ) {}

  remember(): () => void {
    const { policy } = this;
    const recalls = [rememberSet(this.allowed), rememberMap(this.invitations)];
    return () => {
      this.policy = policy;
      for (const recall of recalls) recall();
    };
  }

  change(change: AdmissionChange): void {
    const { marks } = this.world;
    const answer = answerOf(this.ask(change));
    marks.hit(`${change.kind} answered ${answer}`);
    if (answer !== 'Ok') return;
    switch (change.kind) {
      case 'setPolicy':
        this.policy = change.policy;
        return;
      case 'allow':
        this.allowed.add(user(change.user).toHex());
        return;
      case 'disallow':
        this.allowed.delete(user(change.user).toHex());
        return;
      case 'invite':
        this.invitations.set(change.code, { uses: change.uses, isRevoked: false });
        return;
      case 'revoke': {
        const known = this.invitations.get(change.code);
        if (known) this.invitations.set(change.code, { ...known, isRevoked: true });
      }
    }
  }

  /**
   * A request was admitted: it must be one that may be.
   *
   * @param bearers jobs that a code has admitted, this one not included, without those that ended without a Greeter
   */
  admitted(caller: Principal, offer: Offer, bearers: (code: string) => number): Admittance {
    const { policy } = this;
    const label = (): string => `${policy}, ${caller.toText()} with ${shown(offer)}`;
    this.world.marks.hit(`admitted by ${policy}`);
    const due = policy === 'paid' ? priceCycles - smaller(offer.creditCycles, priceCycles) : 0n;
    promise(offer.acceptedCycles === due, 'a job costs its caller the price', label);
    if (policy === 'paid' && due < priceCycles) this.world.marks.hit('paid with credit');
    if (policy === 'allowList') {
      promise(this.allowed.has(caller.toHex()), 'only who may come is admitted', label);
    }
    if (policy !== 'invitation') return { policy };
    const { code = '' } = offer;
    const invitation = this.invitations.get(code);
    promise(invitation?.isRevoked === false, 'only who may come is admitted', label);
    promise(
      bearers(code) < invitation.uses,
      'an invitation admits no more than its uses',
      () => `${code}: ${bearers(code)} jobs for ${invitation.uses} uses, and one more was admitted`,
    );
    return { policy, code };
  }

  /**
   * A request was not admitted: it must be one that may not be, and it cost nothing.
   *
   * @param admittedByCode jobs that a code has ever admitted
   */
  refused(caller: Principal, error: string, offer: Offer, admittedByCode: (code: string) => number): void {
    const label = (): string => `${this.policy}, ${caller.toText()} with ${shown(offer)}: ${error}`;
    promise(offer.acceptedCycles === 0n, 'a refusal costs nothing', label);
    if (error === 'PaymentRequired') {
      const isShort = offer.creditCycles + offer.attachedCycles < priceCycles;
      promise(this.policy === 'paid' && isShort, 'who may come is admitted', label);
    }
    if (error !== 'NotAdmitted') return;
    const { code } = offer;
    const invitation = code === undefined ? undefined : this.invitations.get(code);
    const isUsedUp =
      code === undefined ||
      invitation === undefined ||
      invitation.isRevoked ||
      admittedByCode(code) >= invitation.uses;
    const mayNotCome =
      (this.policy === 'allowList' && !this.allowed.has(caller.toHex())) ||
      (this.policy === 'invitation' && isUsedUp);
    promise(mayNotCome, 'who may come is admitted', label);
  }

  private ask(change: AdmissionChange): Variant | undefined {
    switch (change.kind) {
      case 'setPolicy': {
        const value = change.policy === 'paid' ? { priceCycles } : null;
        return this.client.configure({ caller: operator }, { admission: [{ [change.policy]: value }] });
      }
      case 'allow':
        return this.client.admit('allowCaller', user(change.user));
      case 'disallow':
        return this.client.admit('disallowCaller', user(change.user));
      case 'invite':
        return this.client.invite(hashOf(change.code), change.uses);
      case 'revoke':
        return this.client.revokeInvitation(hashOf(change.code));
    }
  }
}

function hashOf(code: string): Uint8Array {
  return createHash('sha256').update(code).digest();
}

function smaller(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}
