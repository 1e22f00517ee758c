import { projectErrors, type ServedProject } from '@ccproxy/projects';
import type { MessagesView } from '@ccproxy/wire';

/**
 * Holds a request against the bounds of its project.
 * @param tokens estimate of its input tokens
 * @throws CCP_PROJECT_LIMIT
 */
export function checkProjectLimits(project: ServedProject | undefined, view: Pick<MessagesView, 'maxTokens'>, tokens: number): void {
  const { context, output } = project?.config.limits ?? {};
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
