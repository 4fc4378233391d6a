import { Principal } from '@dfinity/principal';

/** Ids that the services have on mainnet and on every local network. Source: dfinity/ic `rs/nns/constants`. */
export const icpLedgerId = Principal.fromText('ryjl3-tyaaa-aaaaa-aaaba-cai');
export const cyclesMintingId = Principal.fromText('rkp4c-7iaaa-aaaaa-aaaca-cai');
export const cyclesLedgerId = Principal.fromText('um5iw-rqaaa-aaaaq-qaaba-cai');
/** Its default account is the one ICP come from and go to when they are minted and burned. */
export const governanceId = Principal.fromText('rrkah-fqaaa-aaaaa-aaaaq-cai');
