// `npm start`, once the dependencies are installed.
import { startProgram } from '../bin/start-program.mjs';

await startProgram('scripts/build-and-demonstrate.ts');
