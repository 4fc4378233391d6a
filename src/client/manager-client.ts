import type { Principal } from '@dfinity/principal';
import type { CallTransport } from './call-transport.ts';
import { canisterClient } from './canister-client.ts';
import { idlFactory, type _SERVICE } from './generated/manager.ts';

/** The Manager's methods; see src/manager/manager.did. */
export type ManagerClient = _SERVICE;

export function managerClient(transport: CallTransport, canisterId: Principal): ManagerClient {
  return canisterClient<ManagerClient>(idlFactory, transport, canisterId);
}
