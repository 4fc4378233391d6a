import { describe, expect, test } from 'vitest';
import { readCertificateExpression } from '../../../src/localnet/gateway/certificate-expression.ts';

const certification = (request: string, response: string) =>
  `default_certification(ValidationArgs{certification:Certification{${request},response_certification:ResponseCertification{${response}}}})`;
const onlyEtag = 'certified_response_headers:ResponseHeaderList{headers:["ETag"]}';

describe('a certificate expression', () => {
  test('can certify that nothing is certified', () => {
    const header = 'default_certification(ValidationArgs{no_certification:Empty{}})';
    expect(readCertificateExpression(header)).toEqual({ kind: 'nothing' });
  });

  test('can certify the response alone', () => {
    const header = certification(
      'no_request_certification:Empty{}',
      'response_header_exclusions:ResponseHeaderList{headers:[]}',
    );
    expect(readCertificateExpression(header)).toEqual({
      kind: 'certified',
      request: undefined,
      responseHeaders: { kind: 'allBut', names: [] },
    });
  });

  test('can certify parts of the request; names of headers count in lower case', () => {
    const header = certification(
      'request_certification:RequestCertification{certified_request_headers:["Host","If-Match"],certified_query_parameters:["q"]}',
      onlyEtag,
    );
    expect(readCertificateExpression(header)).toEqual({
      kind: 'certified',
      request: { headers: ['host', 'if-match'], queryParameters: ['q'] },
      responseHeaders: { kind: 'only', names: ['etag'] },
    });
  });

  test('may have spaces, except within names', () => {
    const header = `
      default_certification (
        ValidationArgs {
          certification: Certification {
            no_request_certification: Empty {},
            response_certification: ResponseCertification {
              certified_response_headers: ResponseHeaderList { headers: ["A B", "c"] }
            }
          }
        }
      )`;
    expect(readCertificateExpression(header)).toMatchObject({ responseHeaders: { names: ['a b', 'c'] } });
  });

  test.each([
    '',
    'default_certification()',
    'default_certification(ValidationArgs{})',
    'default_certification(ValidationArgs{no_certification:Empty{},certification:Certification{}})',
    'other_certification(ValidationArgs{no_certification:Empty{}})',
    certification('', onlyEtag),
    certification('no_request_certification:Empty{}', ''),
    certification('no_request_certification:Empty{}', `${onlyEtag},${onlyEtag}`),
    `${certification('no_request_certification:Empty{}', onlyEtag)} and more`,
    '[['.repeat(100_000),
  ])('that is none is not taken for one: %#', (header) => {
    expect(readCertificateExpression(header)).toBeUndefined();
  });
});
