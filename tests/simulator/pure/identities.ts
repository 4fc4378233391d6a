import { Principal } from '@dfinity/principal';

/** A user's principal: 29 bytes that end in 2, "self-authenticating". */
function identity(number: number): Principal {
  const bytes = new Uint8Array(29).fill(number);
  bytes[28] = 2;
  return Principal.fromUint8Array(bytes);
}

export const operator = identity(200);
export const stranger = identity(201);
export const user = (index: number): Principal => identity(index + 1);
/** Somebody whom the Manager is told to obey. */
export const staff = (index: number): Principal => identity(index + 210);
