import { defineErrors } from '@ccproxy/kernel';

export const errors = defineErrors({
  CCP_ROUTE_TOO_DEEP: {
    title: 'Condition nested too deeply',
    why: 'The condition of a rule is nested further than any readable rule is.',
    fix: 'Split the rule, or write the condition flatter with `all` and `any`.',
    exitCode: 2,
    httpStatus: 500,
  },
});
