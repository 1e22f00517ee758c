import { describe, expect, it } from 'vitest';
import { errors } from './errors.js';
import { toHttpError } from './to-http-error.js';

describe('toHttpError', () => {
  it.each([
    [{ statusCode: 400 }, 'CCP_HTTP_BAD_REQUEST'],
    [{ statusCode: 413 }, 'CCP_HTTP_BODY_TOO_LARGE'],
    [{ statusCode: 414 }, 'CCP_HTTP_URL_TOO_LONG'],
    [{ statusCode: 415 }, 'CCP_HTTP_MEDIA_TYPE_REFUSED'],
    [{ statusCode: 502 }, 'CCP_HTTP_INTERNAL'],
    [{ statusCode: '400' }, 'CCP_HTTP_INTERNAL'],
    [new Error('secret'), 'CCP_HTTP_INTERNAL'],
    [undefined, 'CCP_HTTP_INTERNAL'],
    ['secret', 'CCP_HTTP_INTERNAL'],
  ])('[F1] row 33: %j is %s and says nothing of the original', (thrown, code) => {
    const error = toHttpError(thrown);
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('secret');
  });

  it('leaves coded errors as they are', () => {
    const coded = errors.CCP_HTTP_OVERLOADED({ message: 'Busy.' });
    expect(toHttpError(coded)).toBe(coded);
  });
});
