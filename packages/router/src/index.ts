export { compileRoutes, type CompileRoutesOptions, type RouteTable, type RoutingConfig } from './compile-routes.js';
export type { RuleSet } from './compile-rules.js';
export { errors as routerErrors } from './errors.js';
export { estimateError } from './exact-count.js';
export type * from './plan.js';
export { explain, plan, type PlanOptions } from './plan-route.js';
export { projectTable } from './project-table.js';
export type * from './request-facts.js';
export { listedModelId, selectableTargets } from './select-target.js';
