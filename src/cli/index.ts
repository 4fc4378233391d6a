export { runCli, type CliEnvironment } from './run-cli.ts';
