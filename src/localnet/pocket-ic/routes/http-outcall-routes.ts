import { subnetNodes } from '../../fees.ts';
import type { HttpHeader, HttpOutcall, HttpOutcallAnswer } from '../../http-outcall.ts';
import type { RejectCode } from '../../rejection.ts';
import type { JsonValue } from '../bare-json.ts';
import type { Instance } from '../instance.ts';
import { badRequest, ProtocolError } from '../protocol-error.ts';
import { RequestBody, toBase64 } from '../request-body.ts';
import { instanceRoute, type Route } from '../route.ts';

const largestRejectCode = 6n;
const largestStatus = 65_535n;

/** HTTP requests of canisters, and answers that a client makes up. */
export const httpOutcallRoutes: readonly Route[] = [
  instanceRoute('GET', '/read/get_canister_http', ({ network }) => {
    const subnetId = toBase64(network.subnetId.toUint8Array());
    return network.pendingHttpOutcalls().map((outcall) => described(outcall, subnetId));
  }),

  instanceRoute('POST', '/update/mock_canister_http', (instance, request) => {
    const body = request.body();
    const answers = [body.object('response'), ...objects(body, 'additional_responses')].map(answerOf);
    const id = pendingIdOf(instance, body);
    if (answers.length !== 1 && answers.length !== subnetNodes) {
      throw new ProtocolError('InvalidMockCanisterHttpResponses', `(${answers.length}, ${subnetNodes})`);
    }
    instance.network.answerHttpOutcall(id, ...answers);
    // In real time the canister gets it by itself.
    instance.live.wake();
    return null;
  }),
];

/** The protocol's `RawCanisterHttpRequest`. */
function described(outcall: HttpOutcall, subnetId: string): JsonValue {
  return {
    subnet_id: { subnet_id: subnetId },
    request_id: outcall.id,
    http_method: outcall.method,
    url: outcall.url,
    headers: outcall.headers.map(({ name, value }) => ({ name, value })),
    body: toBase64(outcall.body),
    max_response_bytes: outcall.maximumResponseBytes ?? null,
  };
}

/** @throws ProtocolError `SubnetNotFound`, `InvalidCanisterHttpRequestId` */
function pendingIdOf({ network }: Instance, body: RequestBody): number {
  const subnetId = body.object('subnet_id').principal('subnet_id');
  if (subnetId.toHex() !== network.subnetId.toHex()) {
    throw new ProtocolError('SubnetNotFound', subnetId.toText());
  }
  const id = body.natural('request_id');
  const pending = network.pendingHttpOutcalls().find((outcall) => BigInt(outcall.id) === id);
  if (pending === undefined) {
    throw new ProtocolError('InvalidCanisterHttpRequestId', `(${subnetId.toText()}, ${id})`);
  }
  return pending.id;
}

/** The protocol's `CanisterHttpResponse`. */
function answerOf(body: RequestBody): HttpOutcallAnswer {
  if (body.has('CanisterHttpReject')) {
    const reject = body.object('CanisterHttpReject');
    const code = reject.natural('reject_code');
    if (code < 1n || code > largestRejectCode) throw new ProtocolError('InvalidRejectCode', code.toString());
    return { kind: 'reject', rejectCode: Number(code) as RejectCode, message: reject.text('message') };
  }
  if (!body.has('CanisterHttpReply')) {
    throw badRequest('A response is {"CanisterHttpReply": …} or {"CanisterHttpReject": …}.');
  }
  const reply = body.object('CanisterHttpReply');
  const status = reply.natural('status');
  if (status > largestStatus) throw badRequest(`The field "status" is at most ${largestStatus}.`);
  const headers = objects(reply, 'headers').map((header): HttpHeader => ({
    name: header.text('name'),
    value: header.text('value'),
  }));
  return { kind: 'response', status: Number(status), headers, body: reply.bytes('body') };
}

function objects(body: RequestBody, name: string): readonly RequestBody[] {
  return body.list(name).map((item) => new RequestBody(item));
}
