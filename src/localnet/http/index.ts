export { HttpApi, type HttpApiOptions } from './api.ts';
export type { ApiRequest, ApiResponse } from './api-message.ts';
export { type Endpoint, type EndpointLogLine, type EndpointOptions, startEndpoint } from './server.ts';
