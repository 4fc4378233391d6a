export { createGateway, type GatewayLogLine, type GatewayOptions } from './gateway.ts';
