/** One line of progress. On stderr, so that the output of a command stays its own. */
export const say = (line) => process.stderr.write(`bootstrap: ${line}\n`);
