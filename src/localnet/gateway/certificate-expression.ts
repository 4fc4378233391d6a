/** What of a request and its response a canister has certified, by its `IC-CertificateExpression` header. */
export type CertificateExpression =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'certified';
      /** Absent: the response alone. */
      readonly request:
        { readonly headers: readonly string[]; readonly queryParameters: readonly string[] } | undefined;
      readonly responseHeaders: { readonly kind: 'only' | 'allBut'; readonly names: readonly string[] };
    };

const strings = (name: string): string => String.raw`\[(?<${name}>(?:"[^"\0\n]*",?)*)\]`;

/** Source: HTTP gateway protocol specification, "The Certificate Expression Header". */
const grammar = new RegExp(
  [
    String.raw`^default_certification\(ValidationArgs\{(?:`,
    String.raw`(?<nothing>no_certification:Empty\{\})|certification:Certification\{`,
    String.raw`(?:no_request_certification:Empty\{\}|request_certification:RequestCertification\{`,
    `certified_request_headers:${strings('requestHeaders')},`,
    String.raw`certified_query_parameters:${strings('queryParameters')},?\}),`,
    String.raw`response_certification:ResponseCertification\{`,
    '(?<selection>certified_response_headers|response_header_exclusions):',
    String.raw`ResponseHeaderList\{headers:${strings('responseHeaders')},?\},?\},?\}`,
    String.raw`),?\}\)$`,
  ].join(''),
);
const stringOrSpace = /("[^"]*")|\s+/g;

/** @returns undefined when the header is not such an expression */
export function readCertificateExpression(header: string): CertificateExpression | undefined {
  const withoutSpaces = header.replace(stringOrSpace, (_space, quoted: string | undefined) => quoted ?? '');
  const groups = grammar.exec(withoutSpaces)?.groups;
  if (groups === undefined) return undefined;
  if (groups['nothing'] !== undefined) return { kind: 'nothing' };
  const { requestHeaders, queryParameters, responseHeaders, selection } = groups;
  return {
    kind: 'certified',
    request:
      requestHeaders === undefined
        ? undefined
        : { headers: namesIn(requestHeaders), queryParameters: namesIn(queryParameters) },
    responseHeaders: {
      kind: selection === 'certified_response_headers' ? 'only' : 'allBut',
      names: namesIn(responseHeaders),
    },
  };
}

function namesIn(list = ''): string[] {
  return [...list.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name.toLowerCase());
}
