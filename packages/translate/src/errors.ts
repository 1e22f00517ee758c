import { defineErrors } from '@ccproxy/kernel';

/** The coded errors of this package. */
export const errors = defineErrors({
  CCP_TRANSLATE_INVALID: {
    title: 'Request not translatable',
    why: 'The request does not have the form of the Messages API, or holds something the target protocol has no form for.',
    fix: 'Correct what the message names, or route the request to a model of an Anthropic API.',
    exitCode: 1,
    httpStatus: 400,
    anthropicType: 'invalid_request_error',
  },
  CCP_TRANSLATE_LOSSY: {
    title: 'Translation would lose something',
    why: 'The target cannot express a part of the request, and `strict` asks to refuse rather than to leave it out.',
    fix: 'Remove the named part, route the request to a model that can, or switch `strict` off for this provider.',
    exitCode: 1,
    httpStatus: 400,
    anthropicType: 'invalid_request_error',
  },
});
