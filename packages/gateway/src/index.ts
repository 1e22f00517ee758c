export { type AttemptFailure, judge } from './attempt-failure.js';
export { choosePlan, type ChosenPlan } from './choose-plan.js';
export { errors as gatewayErrors } from './errors.js';
export { endsMessage, EventFramer } from './event-framer.js';
export type { GatewayDeps } from './gateway-deps.js';
export { createGatewayModule } from './gateway-module.js';
export { listModels, type ListedModel, type ModelList } from './list-models.js';
export { maskSecrets, secretNeedles } from './mask-secrets.js';
export type { ModuleRequest, Observation } from './routing-module-protocol.js';
