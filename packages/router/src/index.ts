export { compileRoutes, type RouteTable, type RoutingConfig } from './compile-routes.js';
export { errors as routerErrors } from './errors.js';
export type * from './plan.js';
export { estimateError, explain, plan, type PlanOptions } from './plan-route.js';
export { listedModelId, selectableTargets } from './select-target.js';
