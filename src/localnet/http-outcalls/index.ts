export { performHttpOutcall, type PerformOptions } from './perform.ts';
export { refuseHttpOutcall } from './refuse.ts';
