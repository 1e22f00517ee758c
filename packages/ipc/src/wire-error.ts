import { CcproxyError, type ErrorCode, type SerializedError, type SourcePosition } from '@ccproxy/kernel/errors-core';

/** A coded error as it crosses a process boundary: what `--json` shows plus what the receiver needs to act on it. */
export interface WireError extends SerializedError {
  readonly exitCode: 1 | 2 | 3;
  readonly httpStatus: number;
  readonly anthropicType: string;
  readonly retryable: boolean;
}

/** The form a coded error takes on the channel; its cause and stack stay behind. */
export const toWireError = (error: CcproxyError): WireError => ({
  ...error.toJSON(),
  exitCode: error.exitCode,
  httpStatus: error.httpStatus,
  anthropicType: error.anthropicType,
  retryable: error.retryable,
});

const text = (value: unknown, fallback: string): string => (typeof value === 'string' && value !== '' ? value : fallback);
const isCode = (value: unknown): value is ErrorCode => typeof value === 'string' && /^CCP_[A-Z0-9_]{1,60}$/.test(value);
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function position(value: unknown): SourcePosition | undefined {
  if (!isRecord(value) || typeof value['file'] !== 'string') return undefined;
  return {
    file: value['file'],
    ...(typeof value['line'] === 'number' ? { line: value['line'] } : {}),
    ...(typeof value['column'] === 'number' ? { column: value['column'] } : {}),
  };
}

/**
 * The coded error another process sent, with its own code, texts and exit code. Undefined when the value is none:
 * the caller decides what a malformed answer means.
 */
export function fromWireError(value: unknown): CcproxyError | undefined {
  if (!isRecord(value) || !isCode(value['code'])) return undefined;
  const where = position(value['where']);
  return new CcproxyError(
    value['code'],
    {
      title: text(value['title'], value['code']),
      why: '',
      fix: text(value['hint'], ''),
      exitCode: value['exitCode'] === 2 || value['exitCode'] === 3 ? value['exitCode'] : 1,
      httpStatus: typeof value['httpStatus'] === 'number' ? value['httpStatus'] : 500,
      anthropicType: text(value['anthropicType'], 'api_error'),
      retryable: value['retryable'] === true,
    },
    {
      message: text(value['message'], text(value['title'], value['code'])),
      ...(where === undefined ? {} : { where }),
      ...(isRecord(value['details']) ? { details: value['details'] } : {}),
    },
  );
}
