import { fileURLToPath } from 'node:url';
import type { Stage } from './stage.ts';
import { judgeAnswers } from './conformance/judge-answers.ts';
import { judgeRequests } from './conformance/judge-requests.ts';
import { readCount } from './conformance/read-count.ts';
import { replayToken } from './conformance/replay-config.ts';
import { withSuite } from './conformance/suite.ts';

const sdkJudge = fileURLToPath(new URL('../../e2e/src/foreign/judge-fixtures.ts', import.meta.url));

/**
 * A translation conformance suite that lies beside the checkout: its replay upstream plays recorded provider answers
 * through a daemon of its own. Its second half judges the requests that reach the upstream.
 */
export const conformanceStages = (place: string): Stage[] => [
  { name: 'conformance of the answers', run: () => withSuite(place, judgeAnswers) },
  { name: 'conformance of the requests', run: () => withSuite(place, judgeRequests) },
  {
    // Streamed or whole, the official client must find the same message in a recording.
    name: 'conformance: streamed and whole alike',
    run: () =>
      withSuite(place, async (suite) => {
        const { code, output } = await suite.run(sdkJudge, ['--suite', suite.folder, '--token', replayToken]);
        return readCount(output, code);
      }),
  },
];
