export { managementClient, type ManagementClient } from './client.ts';
export type * from './contract.ts';
export { managementCanister } from './management-canister.ts';
export { upgradeOptionRejection } from './upgrade-options.ts';
