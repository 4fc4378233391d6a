import { Actor, HttpAgent } from '@icp-sdk/core/agent';
import {
  DelegationChain,
  DelegationIdentity,
  ECDSAKeyIdentity,
  Ed25519KeyIdentity,
} from '@icp-sdk/core/identity';
import { type Guestbook, guestbookInterface } from '../support/guestbook-interface.ts';

/*
 * What the browser test runs inside the page: what a web page does that signs its user in with a key of the platform.
 */

/** What the page found, as text. */
export interface PageReport {
  readonly sender: string;
  readonly caller: string;
  readonly asked: string;
  readonly visits: number;
  readonly origin: string;
  readonly failure: string;
}

interface PageWindow {
  readonly location: { readonly origin: string };
  visitGuestbook?: (host: string, guestbookId: string) => Promise<PageReport>;
}

const pageWindow = globalThis as unknown as PageWindow;

async function visitGuestbook(host: string, guestbookId: string): Promise<PageReport> {
  const user = Ed25519KeyIdentity.generate();
  const session = await ECDSAKeyIdentity.generate();
  const expiration = new Date(Date.now() + 60_000);
  const chain = await DelegationChain.create(user, session.getPublicKey(), expiration);
  const identity = DelegationIdentity.fromDelegation(session, chain);
  const agent = await HttpAgent.create({ host, identity, shouldFetchRootKey: true });
  const guestbook = Actor.createActor<Guestbook>(guestbookInterface, { agent, canisterId: guestbookId });
  const [caller, visits] = await guestbook.visit();
  const asked = await guestbook.whoAmI();
  const failure: unknown = await guestbook.fail('from the page').catch((error: unknown) => error);
  return {
    sender: identity.getPrincipal().toText(),
    caller: caller.toText(),
    asked: asked.toText(),
    visits,
    origin: pageWindow.location.origin,
    failure: failure instanceof Error ? failure.message : 'nothing failed',
  };
}

pageWindow.visitGuestbook = visitGuestbook;
