import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { candidEncoder } from '../candid/candid-encoder.ts';

const UploadChunkArgs = IDL.Record({ canister_id: IDL.Principal, chunk: IDL.Vec(IDL.Nat8) });
const encodeUploadChunkArgs = candidEncoder([UploadChunkArgs]);
const UploadChunkReply = IDL.Record({ hash: IDL.Vec(IDL.Nat8) });

/** Argument of `upload_chunk` into the chunk store of `canisterId`. */
export function encodeUploadChunk(canisterId: Principal, chunk: Uint8Array): Uint8Array {
  return encodeUploadChunkArgs([{ canister_id: canisterId, chunk }]);
}

/** The chunk's SHA-256 as the network computed it, or undefined when the bytes are not a reply of `upload_chunk`. */
export function decodeUploadChunkReply(bytes: Uint8Array): Uint8Array | undefined {
  try {
    const [reply] = IDL.decode([UploadChunkReply], bytes) as unknown as [{ hash: Uint8Array }];
    return reply.hash;
  } catch {
    return undefined;
  }
}
