import { canisterVersion } from 'azle';
import { maximumCallsPerMessage } from '../../durable-call/index.ts';

/** The version is the same throughout a message and rises with every one, so it tells one message from the next. */
let versionOfMessage = -1n;
let callsMade = 0;

/** Durable calls that this message may still make. */
export function callsLeft(): number {
  return canisterVersion() === versionOfMessage ? maximumCallsPerMessage - callsMade : maximumCallsPerMessage;
}

/** A durable call is being made, or was tried to be: its id is used up either way. */
export function countCall(): void {
  callsMade = maximumCallsPerMessage - callsLeft() + 1;
  versionOfMessage = canisterVersion();
}
