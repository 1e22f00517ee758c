export { cliArguments } from './cli-arguments.js';
