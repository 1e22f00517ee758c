/** A place in a file the user can go to; lines and columns count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** What an error adds to its entry in the table when it is raised. */
export interface ErrorOptions {
  /** One sentence: what happened, with the names and values that matter. Never a secret, never a prompt. */
  readonly message: string;
  /** What to do about it; the table's `fix` when absent. */
  readonly hint?: string;
  readonly where?: SourcePosition;
  /** Machine-readable particulars for `--json` and logs. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An entry of an error table: the permanent part of a coded error. */
export interface ErrorSpec {
  /** Short name of the failure, for the reference page. */
  readonly title: string;
  /** Why it happens, for the reference page. */
  readonly why: string;
  /** What the user does, imperative; shown unless the raise gives a better hint. */
  readonly fix: string;
  /** 1 failed, 2 usage or configuration, 3 daemon not running. */
  readonly exitCode: 1 | 2 | 3;
  /** Status when it leaves through HTTP. */
  readonly httpStatus: number;
  /** `error.type` of the Anthropic error body when it leaves through HTTP. */
  readonly anthropicType?: string;
  /** Whether the same call may succeed when repeated unchanged. */
  readonly retryable?: boolean;
}

export type ErrorCode = `CCP_${string}`;

/** The machine-readable form: what `--json` prints and what crosses IPC. */
export interface SerializedError {
  readonly code: string;
  readonly title: string;
  readonly message: string;
  readonly hint: string;
  readonly where?: SourcePosition;
  readonly details?: Readonly<Record<string, unknown>>;
}

const brand = Symbol.for('ccproxy.error');

/** The one error class of ccproxy. Recognised by a brand, so that two copies of this package agree. */
export class CcproxyError extends Error {
  readonly code: ErrorCode;
  readonly title: string;
  readonly hint: string;
  readonly exitCode: 1 | 2 | 3;
  readonly httpStatus: number;
  readonly anthropicType: string;
  readonly retryable: boolean;
  readonly where: SourcePosition | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, spec: ErrorSpec, options: ErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CcproxyError';
    this.code = code;
    this.title = spec.title;
    this.hint = options.hint ?? spec.fix;
    this.exitCode = spec.exitCode;
    this.httpStatus = spec.httpStatus;
    this.anthropicType = spec.anthropicType ?? 'api_error';
    this.retryable = spec.retryable ?? false;
    this.where = options.where;
    this.details = options.details;
    Object.defineProperty(this, brand, { value: true });
  }

  /** True for a coded error of any copy of this package. */
  static isInstance(value: unknown): value is CcproxyError {
    return value instanceof Error && (value as unknown as Record<symbol, unknown>)[brand] === true;
  }

  toJSON(): SerializedError {
    return {
      code: this.code,
      title: this.title,
      message: this.message,
      hint: this.hint,
      ...(this.where === undefined ? {} : { where: this.where }),
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}
