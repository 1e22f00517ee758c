/** The bytes are not JSON; `at` is the offset of the first byte that cannot be. */
export class JsonSyntaxError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(`${message} at byte ${at}`);
    this.name = 'JsonSyntaxError';
    this.at = at;
  }
}
