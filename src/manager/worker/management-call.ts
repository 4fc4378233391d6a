import { canisterSelf, canisterVersion } from 'azle';
import { readConfiguration } from '../configuration/configuration-store.ts';
import { encodeCanisterInfo } from '../management-canister/canister-info.ts';
import { encodeCanisterStatus } from '../management-canister/canister-status.ts';
import { encodeCreateCanister } from '../management-canister/create-canister.ts';
import { encodeDepositCycles } from '../management-canister/deposit-cycles.ts';
import { encodeGreeterInit, encodeInstallChunkedCode } from '../management-canister/install-code.ts';
import { encodeStartCanister } from '../management-canister/start-canister.ts';
import { encodeUninstallCode } from '../management-canister/uninstall-code.ts';
import { encodeSetSoleController } from '../management-canister/update-settings.ts';
import type { CallPurpose, ProvisioningAction } from '../provisioning/action.ts';
import { boundedCallTimeoutSeconds } from '../provisioning/policies.ts';

/** Actions that are one call to the management canister. */
export type CallAction =
  | Extract<ProvisioningAction, { readonly kind: Exclude<CallPurpose, 'searchBirth'> }>
  /** `canister_info` with what is needed to recognise a canister nobody touched since it was created. */
  | { readonly kind: 'readBirth'; readonly canisterId: Uint8Array }
  /** `canister_info` with all of the history that the network keeps. */
  | { readonly kind: 'readHistory'; readonly canisterId: Uint8Array };

/** One call to the management canister, as it is sent. */
export interface ManagementCall {
  readonly method: string;
  readonly args: Uint8Array;
  readonly cycles: bigint;
  /** 0: wait without limit. */
  readonly timeoutSeconds: number;
}

/** An untouched canister's whole history is one entry, its creation; more would only cost instructions to read. */
const birthChanges = 1n;

/** The network keeps at least so many (IC interface spec, `canister_info`). */
const keptChanges = 20n;

/** The call an action stands for. Calls with effects that evidence cannot tell, or with cycles, wait without limit. */
export function managementCallFor(action: CallAction): ManagementCall {
  const senderCanisterVersion = canisterVersion();
  switch (action.kind) {
    case 'createCanister': {
      const { birthTag } = action;
      const args = encodeCreateCanister({ controller: canisterSelf(), birthTag, senderCanisterVersion });
      return unbounded('create_canister', args, readConfiguration().creationCycles);
    }
    case 'installCode':
      return bounded(
        'install_chunked_code',
        encodeInstallChunkedCode({
          mode: action.mode,
          targetCanister: action.canisterId,
          storeCanister: canisterSelf(),
          moduleHash: action.moduleHash,
          initArgument: encodeGreeterInit(action.owner, action.greeting),
          senderCanisterVersion,
        }),
      );
    case 'setSoleController': {
      const { canisterId, controller } = action;
      return bounded(
        'update_settings',
        encodeSetSoleController(canisterId, controller, senderCanisterVersion),
      );
    }
    case 'readCanisterInfo':
      return bounded(
        'canister_info',
        encodeCanisterInfo(action.canisterId, action.withHistory ? keptChanges : 0n),
      );
    case 'readBirth':
      return bounded('canister_info', encodeCanisterInfo(action.canisterId, birthChanges));
    case 'readHistory':
      return bounded('canister_info', encodeCanisterInfo(action.canisterId, keptChanges));
    case 'readCanisterStatus':
      return bounded('canister_status', encodeCanisterStatus(action.canisterId));
    case 'startCanister':
      return bounded('start_canister', encodeStartCanister(action.canisterId));
    case 'uninstallCode':
      return unbounded('uninstall_code', encodeUninstallCode(action.canisterId, senderCanisterVersion));
    case 'depositCycles':
      return unbounded('deposit_cycles', encodeDepositCycles(action.canisterId), action.cycles);
  }
}

function bounded(method: string, args: Uint8Array): ManagementCall {
  return { method, args, cycles: 0n, timeoutSeconds: boundedCallTimeoutSeconds };
}

function unbounded(method: string, args: Uint8Array, cycles = 0n): ManagementCall {
  return { method, args, cycles, timeoutSeconds: 0 };
}
