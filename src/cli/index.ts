export { processEnvironment } from './process-environment.ts';
export { runCli } from './run-cli.ts';
