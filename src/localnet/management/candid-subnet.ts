import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { type Nothing, signature } from './signature.ts';
import type { CanisterIdRecord } from './signatures.ts';

// What is told of the subnet as a whole, and of what canisters cost: ic.did.

/** `cycles_consumed`: what a canister ever paid, by what for. */
export interface CandidCyclesConsumed {
  memory: bigint;
  compute_allocation: bigint;
  ingress_induction: bigint;
  instructions: bigint;
  request_and_response_transmission: bigint;
  uninstall: bigint;
  canister_creation: bigint;
  http_outcalls: bigint;
  burned_cycles: bigint;
}

export const canisterMetrics = signature<CanisterIdRecord, { cycles_consumed: CandidCyclesConsumed }>(
  IDL.Record({ canister_id: IDL.Principal }),
  IDL.Record({
    cycles_consumed: IDL.Record({
      memory: IDL.Nat,
      compute_allocation: IDL.Nat,
      ingress_induction: IDL.Nat,
      instructions: IDL.Nat,
      request_and_response_transmission: IDL.Nat,
      uninstall: IDL.Nat,
      canister_creation: IDL.Nat,
      http_outcalls: IDL.Nat,
      burned_cycles: IDL.Nat,
    }),
  }),
);

/** Ids from `start` to `end`, both included. */
export interface CandidIdRange {
  start: Principal;
  end: Principal;
}
export const listCanisters = signature<Nothing, { canisters: CandidIdRange[] }>(
  undefined,
  IDL.Record({ canisters: IDL.Vec(IDL.Record({ start: IDL.Principal, end: IDL.Principal })) }),
);

export interface SubnetIdRecord {
  subnet_id: Principal;
}
export const subnetInfo = signature<SubnetIdRecord, { replica_version: string; registry_version: bigint }>(
  IDL.Record({ subnet_id: IDL.Principal }),
  IDL.Record({ replica_version: IDL.Text, registry_version: IDL.Nat64 }),
);

export interface NodeMetricsArgument extends SubnetIdRecord {
  start_at_timestamp_nanos: bigint;
}
/** No sample is ever taken, so the elements have no type here. */
export const nodeMetricsHistory = signature<NodeMetricsArgument, never[]>(
  IDL.Record({ subnet_id: IDL.Principal, start_at_timestamp_nanos: IDL.Nat64 }),
  IDL.Vec(
    IDL.Record({
      timestamp_nanos: IDL.Nat64,
      node_metrics: IDL.Vec(
        IDL.Record({
          node_id: IDL.Principal,
          num_blocks_proposed_total: IDL.Nat64,
          num_block_failures_total: IDL.Nat64,
        }),
      ),
    }),
  ),
);
