import type { NativeCanister } from '../native-canister.ts';
import { cyclesLedger } from './cycles-ledger.ts';
import { cyclesMinting } from './cycles-minting.ts';
import { icpLedger } from './icp-ledger.ts';

export { cyclesLedgerId, cyclesMintingId, icpLedgerId } from './service-ids.ts';

/** How rich the anonymous principal is when the network begins; anybody may speak in its name. */
export interface SystemCanisterOptions {
  /** 10^-8 ICP. Default a billion ICP. */
  readonly initialE8s?: bigint;
  /** Default 2^127, as on the local network of icp-cli. */
  readonly initialCycles?: bigint;
}

const billionIcp = 1_000_000_000n * 100_000_000n;

/**
 * The services that tools and canisters expect at fixed ids: the ICP ledger, the cycles ledger and the cycles minting
 * canister. For `LocalNetworkOptions.nativeCanisters`.
 */
export function systemCanisters(options: SystemCanisterOptions = {}): readonly NativeCanister[] {
  return [
    icpLedger(options.initialE8s ?? billionIcp),
    cyclesLedger(options.initialCycles ?? 2n ** 127n),
    cyclesMinting(),
  ];
}
