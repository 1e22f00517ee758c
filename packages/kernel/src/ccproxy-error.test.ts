import { describe, expect, it } from 'vitest';
import { CcproxyError } from './ccproxy-error.js';
import { defineErrors, errorSpecs } from './define-errors.js';

const errors = defineErrors({
  CCP_SAMPLE: { title: 'Sample', why: 'It is a test.', fix: 'Do nothing.', exitCode: 2, httpStatus: 400 },
});

describe('CcproxyError', () => {
  it('carries the permanent part of its table and what the raise adds', () => {
    const error = errors.CCP_SAMPLE({ message: 'it failed', where: { file: 'a.yaml', line: 3, column: 1 }, cause: new Error('why') });
    expect(error).toMatchObject({ code: 'CCP_SAMPLE', exitCode: 2, httpStatus: 400, hint: 'Do nothing.', retryable: false });
    expect(error.toJSON()).toEqual({
      code: 'CCP_SAMPLE',
      title: 'Sample',
      message: 'it failed',
      hint: 'Do nothing.',
      where: { file: 'a.yaml', line: 3, column: 1 },
    });
    expect(CcproxyError.isInstance(error)).toBe(true);
    expect(CcproxyError.isInstance(new Error('x'))).toBe(false);
    expect(errors[errorSpecs].CCP_SAMPLE.title).toBe('Sample');
  });
});
