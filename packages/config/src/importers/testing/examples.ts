/** The configuration format of claude-code-router 2, every key of it. */
export const ccrExample = `{
  // JSON5: comments, single quotes, trailing commas
  "PORT": 3456, "HOST": "127.0.0.1", "APIKEY": "canary-gateway", "PROXY_URL": "http://user:canary-proxy@proxy", "LOG": true, "LOG_LEVEL": "debug",
  "API_TIMEOUT_MS": 600000, "NON_INTERACTIVE_MODE": false, "CLAUDE_PATH": "claude",
  "CUSTOM_ROUTER_PATH": "/x/router.js", "REWRITE_SYSTEM_PROMPT": "/x/p.md", "forceUseImageAgent": false,
  "transformers": [{ "path": "/x/t.js", "options": {} }],
  "Providers": [
    { "name": "or", "api_base_url": "https://openrouter.ai/api/v1/chat/completions", "api_key": "$OR_KEY", "models": ["a/b"],
      "transformer": { "use": ["openrouter", ["maxtoken", { "max_tokens": 16384 }]], "a/b": { "use": ["tooluse"] } },
      "tokenizer": { "default": { "type": "tiktoken", "encoding": "cl100k_base" } } },
    { name: 'p', api_base_url: 'https://api.deepseek.com/chat/completions', api_key: 'canary-p', models: ['m'], transformer: { use: ['deepseek'] } },
    { name: 'ollama', api_base_url: 'http://localhost:11434/v1/chat/completions', api_key: 'ollama', models: ['q:latest'] },
  ],
  "Router": { "default": "or,a/b", "background": "ollama,q:latest", "think": "p,m", "longContext": "p,m", "longContextThreshold": 60000,
    "webSearch": "or,a/b:online", "image": "or,vision" },
  "fallback": { "default": ["p,m"], "think": ["or,a/b"] },
  "plugins": [{ "name": "token-speed", "enabled": true }], "StatusLine": { "enabled": true },
}`;

/** \`ccproxy.yaml\` of ccproxy for Python 1.3, every key of it. */
export const pyExample = `ccproxy:
  debug: false
  metrics_enabled: true
  default_model_passthrough: true
  handler: "ccproxy.handler:CCProxyHandler"
  oat_sources: { anthropic: "echo canary-token", gemini: { command: "cmd", user_agent: "X/1" } }
  credentials: "echo canary-credentials"
  oauth_ttl: 28800
  oauth_refresh_buffer: 0.1
  hooks:
    - ccproxy.hooks.rule_evaluator
    - ccproxy.hooks.model_router
    - ccproxy.hooks.forward_oauth
    - { hook: ccproxy.hooks.capture_headers, params: { headers: [user-agent] } }
    - ccproxy.hooks.inject_claude_code_identity
  rules:
    - { name: token_count, rule: ccproxy.rules.TokenCountRule, params: [ { threshold: 60000 } ] }
    - { name: background, rule: ccproxy.rules.MatchModelRule, params: [ { model_name: haiku } ] }
    - { name: think, rule: ccproxy.rules.ThinkingRule }
    - { name: web_search, rule: ccproxy.rules.MatchToolRule, params: [ WebSearch ] }
  statusline: { format: "$status", disabled: false }
  mitm: { enabled: false, port: 8081 }
litellm: { host: 127.0.0.1, port: 4000, num_workers: 4, debug: true, detailed_debug: true }
`;

/** \`config.yaml\` beside it. */
export const pyModels = `model_list:
  - { model_name: default, litellm_params: { model: claude-sonnet-4-5 } }
  - { model_name: background, litellm_params: { model: claude-haiku-4-5 } }
  - { model_name: think, litellm_params: { model: claude-opus-4-5 } }
  - { model_name: token_count, litellm_params: { model: gemini-2.5-pro } }
  - { model_name: web_search, litellm_params: { model: openrouter/x/y, api_key: canary-openrouter } }
  - { model_name: claude-sonnet-4-5, litellm_params: { model: anthropic/claude-sonnet-4-5-20250929, api_base: "https://api.anthropic.com" } }
  - { model_name: claude-opus-4-5, litellm_params: { model: anthropic/claude-opus-4-5-20251101, api_base: "https://api.anthropic.com" } }
  - { model_name: claude-haiku-4-5, litellm_params: { model: anthropic/claude-haiku-4-5-20251001, api_base: "https://api.anthropic.com" } }
  - { model_name: gemini-2.5-pro, litellm_params: { model: gemini/gemini-2.5-pro, api_key: os.environ/GOOGLE_API_KEY } }
litellm_settings: { callbacks: ccproxy.handler }
`;

/** A proxy configuration of LiteLLM with what teams use. */
export const litellmExample = `shared: &shared { api_key: os.environ/OPENAI_API_KEY, rpm: 10 }
model_list:
  - model_name: gpt-5
    litellm_params: { <<: *shared, model: openai/gpt-5 }
  - model_name: gpt-5
    litellm_params: { model: openai/gpt-5, api_key: canary-second, weight: 2, rpm: 7 }
  - model_name: claude-sonnet-4-5
    litellm_params: { model: anthropic/claude-sonnet-4-5-20250929, api_key: os.environ/ANTHROPIC_API_KEY, max_tokens: 8192, temperature: 0.2 }
  - model_name: claude-sonnet-4-5
    litellm_params: { model: bedrock/anthropic.claude, aws_secret_access_key: canary-aws }
  - model_name: local/qwen
    litellm_params: { model: ollama_chat/qwen3:8b, api_base: "http://localhost:11434" }
    model_info: { max_input_tokens: 32768, id: x }
  - model_name: openrouter/*
    litellm_params: { model: openrouter/* }
  - model_name: claude-*
    litellm_params: { model: anthropic/claude-*, api_key: os.environ/ANTHROPIC_API_KEY }
router_settings:
  routing_strategy: simple-shuffle
  fallbacks: [ { gpt-5: [claude-sonnet-4-5] }, { claude-sonnet-4-5: [gpt-5, local/qwen] } ]
  context_window_fallbacks: [ { gpt-5: [claude-sonnet-4-5] } ]
  num_retries: 5
  allowed_fails: 3
  cooldown_time: 30
  timeout: 30
  model_group_alias: { gpt-4: gpt-5 }
  redis_password: canary-redis
litellm_settings: { drop_params: true, cache: true, content_policy_fallbacks: [ { "*": [local/qwen] } ] }
general_settings: { master_key: canary-master, max_parallel_requests: 10, database_url: "postgres://u:canary-db@h/d" }
environment_variables: { SOME_KEY: canary-env }
`;
