export { ExtensionError, PocketIcExtensions, type RemoteFaultRule } from './client/extensions-client.ts';
export { type PocketIcServerOptions, type RunningPocketIcServer, startPocketIcServer } from './server.ts';
