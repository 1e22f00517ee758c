export { type AttackReport, runAttack } from './attack/run-attack.js';
export type { AttackOptions } from './attack/attack-target.js';
export { echoModule } from './echo-module.js';
