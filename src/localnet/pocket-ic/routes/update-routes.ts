import { badRequest, notSupported } from '../protocol-error.ts';
import { resultOf } from '../reject-response.ts';
import { instanceRoute, route, type Route } from '../route.ts';
import { callOf, ingressIdOf, messageIdOf } from './call.ts';
import { answerOf } from './read-routes.ts';

/** Cycles are amounts of 128 bits. */
const maximumCycles = 2n ** 128n - 1n;

/** What changes a network, and the blobs that such changes refer to. */
export const updateRoutes: readonly Route[] = [
  instanceRoute('POST', '/update/submit_ingress_message', (instance, request) => {
    const call = callOf(instance, request.body());
    return resultOf(false, () => messageIdOf(instance, instance.live.submit(call)));
  }),

  instanceRoute('POST', '/update/await_ingress_message', async (instance, request) =>
    answerOf(await instance.answered(ingressIdOf(request.body()))),
  ),

  instanceRoute('POST', '/update/tick', (instance, request) => {
    if (request.body().has('blockmakers')) {
      throw notSupported('A subnet has no block makers to choose from; leave "blockmakers" out.');
    }
    instance.executeRound();
    return null;
  }),

  instanceRoute('POST', '/update/set_time', (instance, request) => {
    instance.setTime(request.body().time('nanos_since_epoch'), false);
    return null;
  }),

  instanceRoute('POST', '/update/set_certified_time', (instance, request) => {
    instance.setTime(request.body().time('nanos_since_epoch'), true);
    return null;
  }),

  instanceRoute('POST', '/update/add_cycles', (instance, request) => {
    const body = request.body();
    const { id, cycles } = instance.canister(body.principal('canister_id'));
    const amount = body.natural('amount');
    if (cycles + amount > maximumCycles) throw badRequest('A balance has at most 128 bits; add less.');
    return { cycles: instance.network.addCycles(id, amount) };
  }),

  instanceRoute('POST', '/update/set_stable_memory', (instance, request, { blobs }) => {
    const body = request.body();
    const { id } = instance.canisterWithCode(body.principal('canister_id'));
    instance.network.setStableMemory(id, blobs.get(body.bytes('blob_id')));
    return null;
  }),

  route('POST', '/blobstore', ({ headers, bytes }, { blobs }) => ({
    text: blobs.put(bytes, headers['content-encoding'] === 'gzip'),
  })),
];
