import type { Principal } from '@dfinity/principal';
import type { CallTransport } from './call-transport.ts';
import { canisterClient } from './canister-client.ts';
import { idlFactory, type _SERVICE } from './generated/greeter.ts';

/** The Greeter's methods; see src/greeter/greeter.did. */
export type GreeterClient = _SERVICE;

export function greeterClient(transport: CallTransport, canisterId: Principal): GreeterClient {
  return canisterClient<GreeterClient>(idlFactory, transport, canisterId);
}
