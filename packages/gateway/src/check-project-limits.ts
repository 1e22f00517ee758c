import { projectErrors } from '@ccproxy/projects';
import type { RouteTable } from '@ccproxy/router';
import type { MessagesView } from '@ccproxy/wire';

/**
 * Holds a request against the bounds of its project and of the profile it selects.
 * @param tokens estimate of its input tokens
 * @throws CCP_PROJECT_LIMIT
 */
export function checkProjectLimits({ context, output }: RouteTable['bounds'], view: Pick<MessagesView, 'maxTokens'>, tokens: number): void {
  if (context !== undefined && tokens > context) {
    throw projectErrors.CCP_PROJECT_LIMIT({ message: `The request has about ${tokens} input tokens, this project allows ${context}.` });
  }
  if (output !== undefined && view.maxTokens !== undefined && view.maxTokens > output) {
    throw projectErrors.CCP_PROJECT_LIMIT({
      message: `The request asks for up to ${view.maxTokens} output tokens, this project allows ${output}.`,
      hint: `Start the client with CLAUDE_CODE_MAX_OUTPUT_TOKENS=${output}; \`ccproxy claude\` does.`,
    });
  }
}
