import { defineErrors } from '@ccproxy/kernel';

/** What can go wrong with a project: its file, its place, its trust. */
export const errors = defineErrors({
  CCP_PROJECT_FILE_MISSING: {
    title: 'No project file',
    why: 'There is no .ccproxy.yaml in the directory.',
    fix: 'Write one (`profile`, `routes`, `limits`), then run `ccproxy allow`.',
    exitCode: 2,
    httpStatus: 404,
    anthropicType: 'not_found_error',
  },
  CCP_PROJECT_FILE_REFUSED: {
    title: 'The project file cannot be used',
    why: 'It is not a regular file of at most 65535 bytes of UTF-8 text without NUL: such a file cannot be compared by a shell.',
    fix: 'Replace the file by ordinary text.',
    exitCode: 2,
    httpStatus: 400,
    anthropicType: 'invalid_request_error',
  },
  CCP_PROJECT_UNSAFE: {
    title: 'Others can change the project file',
    why: 'The file, or a directory above it, belongs to another user or can be written by others, who could then decide what was allowed.',
    fix: 'Take the right to write from others (`chmod go-w`), or move the project to a directory of your own.',
    exitCode: 1,
    httpStatus: 403,
    anthropicType: 'permission_error',
  },
  CCP_PROJECT_NAME: {
    title: 'The path of the project cannot be used',
    why: 'A directory above it has a name that ccproxy uses inside its own state tree, or a character a path must not have there.',
    fix: 'Rename the directory.',
    exitCode: 2,
    httpStatus: 400,
    anthropicType: 'invalid_request_error',
  },
  CCP_PROJECT_NOT_ALLOWED: {
    title: 'The project is not allowed',
    why: 'A project file has no effect before its owner allowed exactly that content.',
    fix: 'Read the file, then run `ccproxy allow`.',
    exitCode: 2,
    httpStatus: 403,
    anthropicType: 'permission_error',
  },
  CCP_PROJECT_UNKNOWN: {
    title: 'No such project',
    why: 'The address names a project id this daemon does not know: the project was denied, or allowed anew under another id.',
    fix: 'Run `ccproxy allow` in the project, then start the client again.',
    exitCode: 1,
    httpStatus: 404,
    anthropicType: 'not_found_error',
  },
  CCP_PROJECT_BROKEN: {
    title: 'The allowed project file does not fit the configuration any more',
    why: 'It names a profile or target that ccproxy.yaml no longer defines, or its stored copy is damaged.',
    fix: 'Run `ccproxy allow` in the project to see what is wrong.',
    exitCode: 1,
    httpStatus: 400,
    anthropicType: 'invalid_request_error',
  },
  CCP_PROJECT_LIMIT: {
    title: 'A limit of the project is exceeded',
    why: 'The project file bounds the tokens of a request, and this request is above the bound.',
    fix: 'Ask for less (`CLAUDE_CODE_MAX_OUTPUT_TOKENS`, `/compact`), or change `limits` in the project file and allow it again.',
    exitCode: 1,
    httpStatus: 400,
    anthropicType: 'invalid_request_error',
  },
});
