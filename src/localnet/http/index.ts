export { HttpApi, type HttpApiOptions } from './api.ts';
export { Certificates } from './certificates.ts';
export type { ApiRequest, ApiResponse } from './api-message.ts';
export { type Endpoint, type EndpointLogLine, type EndpointOptions, startEndpoint } from './server.ts';
