import type { AnswerSink } from './answer-sink.js';

/**
 * Does the work on what a provider sent. Data nested some thousand levels deep can be read but not written again
 * (`JSON.stringify` runs out of stack): then the answer ends as an error, and nothing is thrown.
 */
export function withinDepth(sink: Pick<AnswerSink, 'fail'>, work: () => void): void {
  try {
    work();
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    sink.fail('api_error', 'the provider sent data that is nested too deeply');
  }
}
