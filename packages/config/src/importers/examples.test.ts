import { describe, expect, it } from 'vitest';
import { ccrExample, litellmExample, pyExample, pyModels } from './testing/examples.js';
import { importText, loadImported, noteOf, reportLines } from './testing/import-text.js';

const examples = {
  ccr: () => importText('ccr', ccrExample),
  'ccproxy-py': () => importText('ccproxy-py', pyExample, { models: pyModels }),
  litellm: () => importText('litellm', litellmExample),
};

describe('importing', () => {
  it.each(Object.entries(examples))(
    '[C16] %s: the new file loads, no key of the old one is in it or in the report',
    async (_tool, make) => {
      const imported = make();
      expect(imported.text).not.toContain('canary');
      expect(JSON.stringify(imported.report)).not.toContain('canary');
      expect((await loadImported(imported)).models['default']).toBeDefined();
      const { lines, counts } = imported.report;
      expect(counts.mapped + counts.approximated + counts.refused).toBe(lines.length);
      expect(lines.filter(({ fidelity, note }) => fidelity !== 'mapped' && !note)).toEqual([]);
    },
  );

  it('[C16] says what became of every key of claude-code-router, in its order', () => {
    expect(reportLines(examples.ccr())).toEqual([
      'mapped PORT -> server.port',
      'mapped HOST -> server.host',
      'approximated APIKEY -> server.authKey',
      'refused PROXY_URL',
      'mapped LOG',
      'mapped LOG_LEVEL -> logging.level',
      'approximated API_TIMEOUT_MS -> providers',
      'refused NON_INTERACTIVE_MODE',
      'refused CLAUDE_PATH',
      'refused CUSTOM_ROUTER_PATH',
      'refused REWRITE_SYSTEM_PROMPT',
      'refused forceUseImageAgent',
      'refused transformers',
      'mapped Providers[0].name -> providers.or',
      'mapped Providers[0].api_base_url -> providers.or.baseUrl',
      'mapped Providers[0].api_key -> providers.or.apiKey',
      'mapped Providers[0].models',
      'mapped Providers[0].transformer.use[0] -> providers.or.type',
      'approximated Providers[0].transformer.use[1] -> capabilities.or/*.output',
      'refused Providers[0].transformer.a/b.use[0]',
      'approximated Providers[0].tokenizer',
      'mapped Providers[1].name -> providers.p',
      'approximated Providers[1].api_base_url -> providers.p.baseUrl',
      'approximated Providers[1].api_key -> providers.p.apiKey',
      'mapped Providers[1].models',
      'mapped Providers[1].transformer.use[0] -> providers.p.type',
      'mapped Providers[2].name -> providers.ollama',
      'approximated Providers[2].api_base_url -> providers.ollama.baseUrl',
      'approximated Providers[2].api_key -> providers.ollama',
      'mapped Providers[2].models',
      'mapped Router.default -> models.default',
      'mapped Router.background -> routes[4]',
      'mapped Router.think -> routes[6]',
      'mapped Router.longContext -> routes[2]',
      'mapped Router.longContextThreshold -> routes[2].threshold',
      'mapped Router.webSearch -> routes[5]',
      'approximated Router.image -> routes[0]',
      'approximated fallback.default[0] -> models.p-m',
      'approximated fallback.think[0] -> models.or-a-b',
      'refused plugins',
      'refused StatusLine',
    ]);
  });

  it('[C16] says what became of every key of ccproxy for Python and of the file beside it', () => {
    expect(reportLines(examples['ccproxy-py']())).toEqual([
      'mapped ccproxy.debug',
      'mapped ccproxy.metrics_enabled',
      'approximated ccproxy.default_model_passthrough -> models.default',
      'refused ccproxy.handler',
      'refused ccproxy.oat_sources',
      'refused ccproxy.credentials',
      'refused ccproxy.oauth_ttl',
      'refused ccproxy.oauth_refresh_buffer',
      'mapped ccproxy.hooks[0]',
      'mapped ccproxy.hooks[1]',
      'mapped ccproxy.hooks[2]',
      'refused ccproxy.hooks[3]',
      'refused ccproxy.hooks[4]',
      'mapped ccproxy.rules[0] -> routes[0]',
      'mapped ccproxy.rules[1] -> routes[1]',
      'mapped ccproxy.rules[2] -> routes[2]',
      'mapped ccproxy.rules[3] -> routes[3]',
      'refused ccproxy.statusline',
      'refused ccproxy.mitm',
      'refused litellm.host',
      'refused litellm.port',
      'refused litellm.num_workers',
      'mapped litellm.debug -> logging.level',
      'mapped litellm.detailed_debug -> logging.level',
      ...['default', 'background', 'think', 'token_count'].flatMap((name, index) => [
        `mapped model_list[${index}].model_name -> models.${name}`,
        `approximated model_list[${index}].litellm_params -> models.${name}`,
      ]),
      'mapped model_list[4].model_name -> models.web_search',
      'mapped model_list[4].litellm_params.model -> models.web_search',
      'approximated model_list[4].litellm_params.api_key -> providers.openrouter.apiKey',
      ...['sonnet', 'opus', 'haiku'].flatMap((name, index) => [
        `mapped model_list[${index + 5}].model_name -> models.claude-${name}-4-5`,
        `mapped model_list[${index + 5}].litellm_params.model -> models.claude-${name}-4-5`,
        `mapped model_list[${index + 5}].litellm_params.api_base -> providers.anthropic`,
      ]),
      'mapped model_list[8].model_name -> models.gemini-2.5-pro',
      'mapped model_list[8].litellm_params.model -> models.gemini-2.5-pro',
      'mapped model_list[8].litellm_params.api_key -> providers.gemini.apiKey',
      'refused litellm_settings',
    ]);
  });

  it('[C16] says what became of every key of LiteLLM', () => {
    expect(reportLines(examples.litellm())).toEqual([
      'approximated (the file) -> models.default',
      'refused shared',
      'mapped model_list[0].model_name -> models.gpt-5',
      'mapped model_list[0].litellm_params.api_key -> providers.openai.apiKeys',
      'mapped model_list[0].litellm_params.rpm -> providers.openai.apiKeys',
      'mapped model_list[0].litellm_params.model -> models.gpt-5',
      'mapped model_list[1].model_name -> models.gpt-5',
      'mapped model_list[1].litellm_params.model -> models.gpt-5',
      'approximated model_list[1].litellm_params.api_key -> providers.openai.apiKeys',
      'mapped model_list[1].litellm_params.weight -> providers.openai.apiKeys',
      'mapped model_list[1].litellm_params.rpm -> providers.openai.apiKeys',
      'mapped model_list[2].model_name -> models.claude-sonnet-4-5',
      'mapped model_list[2].litellm_params.model -> models.claude-sonnet-4-5',
      'mapped model_list[2].litellm_params.api_key -> providers.anthropic.apiKey',
      'refused model_list[2].litellm_params.max_tokens',
      'refused model_list[2].litellm_params.temperature',
      'refused model_list[3].model_name',
      'refused model_list[3].litellm_params.model',
      'refused model_list[3].litellm_params.aws_secret_access_key',
      'mapped model_list[4].model_name -> models.local-qwen',
      'mapped model_list[4].litellm_params.model -> models.local-qwen',
      'mapped model_list[4].litellm_params.api_base -> providers.ollama',
      'approximated model_list[4].model_info.max_input_tokens -> models.local-qwen.limits',
      'refused model_list[4].model_info.id',
      'mapped model_list[5].model_name -> providers.openrouter',
      'mapped model_list[5].litellm_params.model -> providers.openrouter',
      'mapped model_list[6].model_name -> models.claude',
      'mapped model_list[6].litellm_params.model -> models.claude',
      'mapped model_list[6].litellm_params.api_key -> providers.anthropic.apiKey',
      'approximated router_settings.routing_strategy',
      'mapped router_settings.fallbacks[0].gpt-5[0] -> models.gpt-5.fallback',
      'refused router_settings.fallbacks[1].claude-sonnet-4-5[0]',
      'mapped router_settings.fallbacks[1].claude-sonnet-4-5[1] -> models.claude-sonnet-4-5.fallback',
      'mapped router_settings.context_window_fallbacks[0].gpt-5[0] -> models.gpt-5.fallbackOn.contextWindow',
      'approximated router_settings.num_retries -> retry.attempts',
      'approximated router_settings.allowed_fails -> retry.breaker.failures',
      'approximated router_settings.cooldown_time -> retry.coolDown',
      'approximated router_settings.timeout -> providers',
      'mapped router_settings.model_group_alias.gpt-4 -> models.gpt-4',
      'refused router_settings.redis_password',
      'mapped litellm_settings.drop_params',
      'refused litellm_settings.cache',
      'approximated litellm_settings.content_policy_fallbacks[0].*[0] -> models',
      'approximated general_settings.master_key -> server.authKey',
      'mapped general_settings.max_parallel_requests -> server.limits.concurrency',
      'refused general_settings.database_url',
      'refused environment_variables.SOME_KEY',
    ]);
  });

  it('[C16] names the variables to set, and which of them held a key in the old file', () => {
    expect(examples.ccr().report.variables).toEqual([
      { name: 'CC_PROXY_AUTH_KEY', usedBy: ['server.authKey'], wasLiteral: true },
      { name: 'OR_KEY', usedBy: ['providers.or.apiKey'], wasLiteral: false },
      { name: 'P_API_KEY', usedBy: ['providers.p.apiKey'], wasLiteral: true },
    ]);
    expect(noteOf(examples.ccr(), 'Providers[1].api_key')).toContain('set P_API_KEY to it');
    const names = examples.litellm().report.variables.map(({ name, wasLiteral }) => [name, wasLiteral]);
    expect(names).toContainEqual(['OPENAI_API_KEY', false]);
    expect(names).toContainEqual(['OPENAI_API_KEY_2', true]);
  });
});
