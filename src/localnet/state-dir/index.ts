export { type Recovery, StateDirectory, type StateDirectoryOptions } from './state-directory.ts';
export { StateDirError, type StateDirErrorCode } from './state-dir-error.ts';
