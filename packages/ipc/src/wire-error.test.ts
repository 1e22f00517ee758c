import { CcproxyError } from '@ccproxy/kernel';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errors } from './errors.js';
import { fromWireError, toWireError } from './wire-error.js';

describe('a coded error over the wire', () => {
  it('[F2] keeps code, texts, place, details, exit code and status; not its cause', () => {
    const error = errors.CCP_IPC_INPUT({
      message: 'limit is too big',
      hint: 'Use less.',
      where: { file: 'a.yaml', line: 3, column: 7 },
      details: { limit: 501 },
      cause: new Error('private'),
    });
    const json = JSON.stringify(toWireError(error));
    expect(json).not.toContain('private');
    const copy = fromWireError(JSON.parse(json));
    expect(CcproxyError.isInstance(copy)).toBe(true);
    expect(copy).toMatchObject({
      code: 'CCP_IPC_INPUT',
      exitCode: 2,
      httpStatus: 400,
      anthropicType: 'invalid_request_error',
      retryable: false,
    });
    expect(copy?.toJSON()).toEqual(error.toJSON());
  });

  it('of an older shape gets defaults, and what is none is none', () => {
    expect(fromWireError({ code: 'CCP_SOME' })).toMatchObject({ code: 'CCP_SOME', message: 'CCP_SOME', exitCode: 1, httpStatus: 500 });
    expect(fromWireError({ code: 'CCP_SOME', where: { file: 5 }, details: [] })).toMatchObject({ where: undefined, details: undefined });
    for (const value of [undefined, null, 'CCP_SOME', [], {}, { code: 'E' }, { code: 'CCP_<script>' }])
      expect(fromWireError(value)).toBeUndefined();
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const error = fromWireError(value);
        expect(error === undefined || error.code.startsWith('CCP_')).toBe(true);
      }),
    );
  });
});
