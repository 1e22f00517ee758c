/** One thing `doctor` looked at. */
export interface Finding {
  /** Stable name of the check. */
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'problem';
  /** One sentence: what was found. Never a secret. */
  readonly message: string;
  /** The one command or step that mends it; absent when nothing is wrong. */
  readonly fix?: string;
}

export const ok = (check: string, message: string): Finding => ({ check, status: 'ok', message });
export const warning = (check: string, message: string, fix: string): Finding => ({ check, status: 'warning', message, fix });
export const problem = (check: string, message: string, fix: string): Finding => ({ check, status: 'problem', message, fix });
