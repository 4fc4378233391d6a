import { authenticate } from '../certification/index.ts';
import type { ApiContext } from './api.ts';
import { type ApiResponse, cborResponse } from './api-message.ts';
import { requireOwn } from './effective-canister.ts';
import { checkReadable } from './read-state-permissions.ts';
import type { Scope } from './routes.ts';

/** Certifies what is at the paths. @throws HttpApiError */
export async function answerReadState(
  { live, keys, certificates }: ApiContext,
  scope: Scope,
  body: Uint8Array,
): Promise<ApiResponse> {
  const { network } = live;
  const { sender, targets, paths } = authenticate(body, {
    requestType: 'read_state',
    timeNanos: network.timeNanos,
    rootKeyDer: keys.rootKeyDer,
  });
  requireOwn(network, scope);
  checkReadable(network, { sender, scope, targets }, paths);
  const certificate = certificates.certify(paths);
  await live.flushed();
  return cborResponse({ certificate });
}
