import type { Principal } from '@dfinity/principal';
import type { SubnetSelection } from './cycles-ledger-types.ts';
import type { Opt } from './token-types.ts';

/*
 * Where a canister is to be created. There is one subnet here, which belongs to no type. Source: dfinity/ic
 * `rs/nns/cmc/src/main.rs`, whose texts these are.
 */

/** A wish for a subnet, in the two ways it may be said. */
export interface SubnetWish {
  readonly subnet_selection: Opt<SubnetSelection>;
  /** The older way to ask for a type. */
  readonly subnet_type: Opt<string>;
}

/** Why a wish says nothing clear; undefined when it does. */
export function contradictionIn({ subnet_selection, subnet_type }: SubnetWish): string | undefined {
  if (subnet_selection.length === 0 || subnet_type.length === 0) return undefined;
  return 'Cannot specify subnet_type and subnet_selection at the same time.';
}

/** Why a canister cannot be created where it is wished for; undefined when it can. */
export function subnetRefusal(
  { subnet_selection: [selection], subnet_type }: SubnetWish,
  subnetId: Principal,
  creator: Principal,
): string | undefined {
  if (selection !== undefined && 'Subnet' in selection) {
    const { subnet } = selection.Subnet;
    if (subnet.toText() === subnetId.toText()) return undefined;
    return (
      `Subnet ${subnet.toText()} does not exist or ${creator.toText()} is not authorized to deploy to ` +
      'that subnet.'
    );
  }
  const [type] = selection === undefined ? subnet_type : selection.Filter.subnet_type;
  return type === undefined ? undefined : `Provided subnet type ${type} does not exist`;
}
