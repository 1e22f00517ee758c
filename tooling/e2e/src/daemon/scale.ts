/** Repetitions of a test: `few` in an ordinary run, `many` in the long one, which sets CCPROXY_TEST_SCALE. */
export const repetitions = (few: number, many: number): number => (Number(process.env['CCPROXY_TEST_SCALE'] ?? 1) > 1 ? many : few);
