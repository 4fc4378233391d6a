import { IDL } from '@dfinity/candid';
import { decodeCandid } from './decode-candid.ts';
import { subnetNodes } from './fees.ts';

/*
 * HTTP outcalls of pricing version 2: what `ic0.cost_http_request_v2` answers, the cycles to attach, and what they cost.
 * Source: IC interface spec, `cost_http_request_v2`; dfinity/ic, the fees of pay-as-you-go outcalls and their tests.
 */

const Flexible = IDL.Record({
  min_responses: IDL.Nat32,
  max_responses: IDL.Nat32,
  total_requests: IDL.Nat32,
});
const Parameters = IDL.Record({
  request_bytes: IDL.Nat64,
  http_roundtrip_time_ms: IDL.Nat64,
  raw_response_bytes: IDL.Nat64,
  transformed_response_bytes: IDL.Nat64,
  transform_instructions: IDL.Nat64,
  outcall_type: IDL.Opt(
    IDL.Variant({
      fully_replicated: IDL.Reserved,
      non_replicated: IDL.Reserved,
      flexible: IDL.Opt(Flexible),
    }),
  ),
});

/** What an outcall uses, or is expected to use. */
export interface OutcallUsage {
  readonly http_roundtrip_time_ms: bigint;
  readonly raw_response_bytes: bigint;
  readonly transformed_response_bytes: bigint;
  readonly transform_instructions: bigint;
}

interface OutcallParameters extends OutcallUsage {
  readonly request_bytes: bigint;
  readonly outcall_type: [] | [OutcallType];
}

type OutcallType =
  | { readonly fully_replicated: null }
  | { readonly non_replicated: null }
  | { readonly flexible: [] | [FlexibleCounts] };

interface FlexibleCounts {
  readonly min_responses: number;
  readonly max_responses: number;
  readonly total_requests: number;
}

const nodes = BigInt(subnetNodes);
/** Nodes that must agree before a response of a replicated outcall is delivered. */
const agreement = (nodes * 2n) / 3n + 1n;
/** A reject of this size may be delivered in the place of any response, so less is never reserved. */
const largestRejectBytes = 1_025n;
/** What comes with each response of a flexible outcall: its signature and metadata. */
const bytesAroundResponse = 181n;
const cyclesPerResponseInOneBlock = 2_000n * nodes + 100_000n;
const cyclesPerDeliveredByte = (10n * nodes + 600n) * nodes;

/** @returns cycles; undefined when the bytes are no Candid encoding of the parameters */
export function httpOutcallCostCycles(encoded: Uint8Array): bigint | undefined {
  let parameters: OutcallParameters;
  try {
    [parameters] = decodeCandid([Parameters], encoded) as unknown as [OutcallParameters];
  } catch {
    return undefined;
  }
  const [type] = parameters.outcall_type;
  if (type === undefined || 'fully_replicated' in type) return fullyReplicated(parameters);
  if ('non_replicated' in type) return flexibleOf(parameters, 1n, 1n, 1n, 0n);
  const [counts] = type.flexible;
  return counts === undefined
    ? flexibleOf(parameters, agreement, nodes, nodes, bytesAroundResponse)
    : flexibleOf(
        parameters,
        BigInt(counts.min_responses),
        BigInt(counts.max_responses),
        BigInt(counts.total_requests),
        bytesAroundResponse,
      );
}

/** What an outcall costs before anybody makes it. */
export function outcallBaseFeeCycles(requestBytes: bigint, isReplicated: boolean): bigint {
  return isReplicated ? replicatedBase(requestBytes) : flexibleBase(requestBytes, 1n);
}

/** What it costs besides, once it is answered. */
export function outcallUsageFeeCycles(used: OutcallUsage, isReplicated: boolean): bigint {
  const delivery = cyclesPerDeliveredByte * deliveredBytes(used);
  return isReplicated
    ? nodes * usage(used) + delivery
    : usage(used) + 50n * deliveredBytes(used) * nodes + delivery;
}

function replicatedBase(requestBytes: bigint): bigint {
  return nodes * (1_000_000n + 50n * requestBytes + 140_000n * nodes + 800n * nodes * nodes);
}

function flexibleBase(requestBytes: bigint, minimum: bigint): bigint {
  const perNode = 1_000_000n + 50n * requestBytes + 90_000n * nodes;
  return nodes * (perNode + cyclesPerResponseInOneBlock * minimum);
}

/** What one node uses that makes the request. */
function usage(parameters: OutcallUsage): bigint {
  return (
    50n * parameters.raw_response_bytes +
    300n * parameters.http_roundtrip_time_ms +
    parameters.transform_instructions / 13n
  );
}

function deliveredBytes({ transformed_response_bytes: bytes }: OutcallUsage): bigint {
  return bytes > largestRejectBytes ? bytes : largestRejectBytes;
}

function fullyReplicated(parameters: OutcallParameters): bigint {
  const delivery = cyclesPerDeliveredByte * deliveredBytes(parameters);
  const shareOfDelivery = (delivery + agreement - 1n) / agreement;
  return replicatedBase(parameters.request_bytes) + nodes * usage(parameters) + shareOfDelivery * nodes;
}

/** Also for outcalls that one node makes: that is a committee of one, whose response stands alone. */
function flexibleOf(
  parameters: OutcallParameters,
  minimum: bigint,
  maximum: bigint,
  total: bigint,
  bytesAround: bigint,
): bigint {
  const base = flexibleBase(parameters.request_bytes, minimum);
  const bytes = deliveredBytes(parameters);
  const gossip = 50n * bytes * nodes;
  const reserved = total * (usage(parameters) + gossip);
  if (maximum === 0n) return base + reserved;
  const further = total > minimum ? total - minimum : 0n;
  const delivery = cyclesPerDeliveredByte * total * (bytesAround + bytes);
  return base + reserved + delivery + further * nodes * cyclesPerResponseInOneBlock;
}
