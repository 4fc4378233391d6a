import { Principal } from '@dfinity/principal';
import type { CallTransport } from './call-transport.ts';
import { canisterClient } from './canister-client.ts';
import { idlFactory, type _SERVICE } from './generated/management.ts';

/** Methods of the IC management canister; see src/client/management.did. */
export type ManagementClient = _SERVICE;

/**
 * The management canister, for calls about one canister.
 *
 * @param canisterId the canister they are about; for creating one, any canister id of the subnet
 */
export function managementClient(transport: CallTransport, canisterId: Principal): ManagementClient {
  const routed: CallTransport = {
    update: (managementId, method, arg) => transport.update(managementId, method, arg, canisterId),
    query: (managementId, method, arg) => transport.query(managementId, method, arg),
  };
  return canisterClient<ManagementClient>(idlFactory, routed, Principal.managementCanister());
}
