import { expect, test } from 'vitest';
import { decodeCbor, type CborMap, requestIdOf } from '../../../src/localnet/certification/index.ts';
import { program } from '../support/program.ts';
import { certifiedIn, cborOf, TestApi, textAt } from './support/test-api.ts';

const callers = 120;
/** Of a batch; see the source. */
const largestBatch = 100;

test(`${callers} callers who wait at once get answers of their own that share two signatures`, async () => {
  const api = new TestApi();
  const id = api.canister();
  api.live.pause();
  const contents = Array.from({ length: callers }, (_, index) =>
    api.callContent(id, program().reply(`secret ${index};`)),
  );
  const pending = contents.map((content) => api.send(`v4/canister/${id.toText()}/call`, content));
  await new Promise(setImmediate);
  api.live.resume();
  const responses = await Promise.all(pending);
  for (const [index, response] of responses.entries()) {
    const content = contents[index] ?? {};
    const status = ['request_status', requestIdOf(content)] as const;
    // To verify all of them would take seconds.
    if (index % 20 === 0) {
      expect(textAt(certifiedIn(response), ...status, 'reply')).toBe(`secret ${index};`);
    }
    const others = contents.filter((other) => other !== content).map((other) => requestIdOf(other));
    const body = Buffer.from(response.body);
    expect(others.filter((other) => body.includes(Buffer.from(other)))).toEqual([]);
    expect(body.toString('latin1').match(/secret \d+;/g)).toEqual([`secret ${index};`]);
  }
  const signatures = responses.map((response) => {
    const certificate = decodeCbor(cborOf(response).get('certificate') as Uint8Array) as CborMap;
    return Buffer.from(certificate.get('signature') as Uint8Array).toString('hex');
  });
  expect(new Set(signatures).size).toBe(Math.ceil(callers / largestBatch));
});
