export { managementClient, type ManagementClient } from './client.ts';
export type * from './contract.ts';
export { type CandidSettings, noSettings, settings as candidSettings } from './candid-settings.ts';
export { managementCanister } from './management-canister.ts';
export * as managementSignatures from './signatures.ts';
export { unaffordableInstallation } from './rejections.ts';
export { targetOfCall } from './target.ts';
export { upgradeOptionRejection } from './upgrade-options.ts';
