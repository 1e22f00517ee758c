import { defineErrors } from '@ccproxy/kernel';

const timeout = { exitCode: 1, httpStatus: 504, anthropicType: 'timeout_error', retryable: true } as const;
const badGateway = { exitCode: 1, httpStatus: 502, anthropicType: 'api_error' } as const;

/** Coded errors of this package: every way one upstream call can fail without an answer of its own. */
export const errors = defineErrors({
  CCP_UPSTREAM_CONNECT: {
    ...badGateway,
    title: 'Provider not reachable',
    why: 'No TCP connection to the address of the provider could be made: nothing listens there, or the network is down.',
    fix: 'Check that the provider runs and that `baseUrl` names its host and port.',
    retryable: true,
  },
  CCP_UPSTREAM_DNS: {
    ...badGateway,
    title: 'Provider name not found',
    why: 'The host name in `baseUrl` could not be resolved.',
    fix: 'Check the spelling of the host in `baseUrl` and the network connection of this machine.',
    retryable: true,
  },
  CCP_UPSTREAM_FORBIDDEN: {
    ...badGateway,
    title: 'Provider address refused',
    why: 'The host name in `baseUrl` resolved to a metadata service of a cloud or a link-local address, which hands out credentials of this machine.',
    fix: 'Check who controls the name in `baseUrl`, and use the address of the provider itself.',
  },
  CCP_UPSTREAM_TLS: {
    ...badGateway,
    title: 'Provider certificate refused',
    why: 'The TLS handshake failed: the certificate is not trusted, has expired, or names another host.',
    fix: 'Add the issuing CA to `egress.ca` (or NODE_EXTRA_CA_CERTS) when a corporate proxy re-signs traffic; otherwise check `baseUrl`.',
  },
  CCP_UPSTREAM_PROXY: {
    ...badGateway,
    title: 'Egress proxy refused',
    why: 'The HTTP proxy named by HTTP_PROXY/HTTPS_PROXY or `egress.proxy` did not open a tunnel to the provider.',
    fix: 'Check the proxy address and its credentials, or add the host to NO_PROXY.',
    retryable: true,
  },
  CCP_UPSTREAM_RESET: {
    ...badGateway,
    title: 'Provider closed the connection',
    why: 'The provider ended the connection before its answer was complete.',
    fix: 'Try again; when it persists, look at the log of the provider.',
    retryable: true,
  },
  CCP_UPSTREAM_TIMEOUT_CONNECT: {
    ...timeout,
    title: 'Connecting to the provider took too long',
    why: 'No connection was established within `timeouts.connect`.',
    fix: 'Check the network, or raise `timeouts.connect` of the provider.',
  },
  CCP_UPSTREAM_TIMEOUT_FIRST_BYTE: {
    ...timeout,
    title: 'Provider did not start to answer',
    why: 'The request was sent, and no byte of an answer came within `timeouts.firstByte`.',
    fix: 'Raise `timeouts.firstByte` for models that think or load for long.',
  },
  CCP_UPSTREAM_TIMEOUT_IDLE: {
    ...timeout,
    title: 'Provider stopped answering',
    why: 'The answer had begun, and then no byte came for `timeouts.idle`.',
    fix: 'Try again, or raise `timeouts.idle` of the provider.',
  },
  CCP_UPSTREAM_TIMEOUT_TOTAL: {
    ...timeout,
    title: 'Answer took too long',
    why: 'The whole call lasted longer than `timeouts.total`.',
    fix: 'Raise `timeouts.total` of the provider if answers this long are wanted.',
  },
  CCP_UPSTREAM_REDIRECT: {
    ...badGateway,
    title: 'Provider redirected',
    why: 'The provider answered with a redirect. Redirects are never followed: a credential belongs to one origin.',
    fix: 'Put the final address into `baseUrl`.',
  },
  CCP_UPSTREAM_MALFORMED: {
    ...badGateway,
    title: 'Provider answer not understood',
    why: 'The answer breaks HTTP framing, or is not what the endpoint answers: an HTML page, nothing, or a cut-off document.',
    fix: 'Check that `baseUrl` leads to the API of the provider and not to a web page or a login form.',
    retryable: true,
  },
  CCP_UPSTREAM_TOO_LARGE: {
    ...badGateway,
    title: 'Provider answer too large',
    why: 'The answer, one of its events, or its headers exceed what a model answer can be.',
    fix: 'Check what answers at `baseUrl`; an API answer stays far below the limit.',
  },
  CCP_UPSTREAM_ENCODING: {
    ...badGateway,
    title: 'Provider answer compressed',
    why: 'The answer carries a content-encoding although the request accepts none; compressed streams cannot be metered or bounded.',
    fix: 'Switch compression off at the gateway in front of the provider.',
  },
  CCP_PROVIDER_UNAVAILABLE: {
    title: 'Provider not usable',
    why: 'The provider is configured, but something it needs is missing, such as the variable that holds its key or the token its command prints.',
    fix: 'Set what the message names, then run `ccproxy restart`. A token that is fetched is tried again by itself, every half minute.',
    exitCode: 2,
    httpStatus: 503,
    anthropicType: 'api_error',
  },
  CCP_PROVIDER_REQUIRED: {
    title: 'A required token cannot be fetched',
    why: 'The provider has `oauth.required: true`, and its command, file or variable gave no token.',
    fix: 'Run the command by hand to see what it says, or set `required: false`: the daemon then starts without this provider.',
    exitCode: 2,
    httpStatus: 503,
    anthropicType: 'api_error',
  },
  CCP_PROVIDER_UNKNOWN: {
    title: 'No such provider',
    why: 'The section `providers` of the configuration has no entry of that name.',
    fix: 'See `ccproxy provider list` for the names there are.',
    exitCode: 2,
    httpStatus: 404,
    anthropicType: 'not_found_error',
  },
  CCP_PROVIDER_CONTEXT: {
    title: 'Request larger than the window',
    why: 'The request has more tokens than `limits.context` of the target, or `context` in `capabilities`, allows. Some servers would cut it silently.',
    fix: 'Compact the conversation, route long requests elsewhere with `tokens: { over: … }`, or raise the limit when the model takes more.',
    exitCode: 1,
    httpStatus: 400,
    anthropicType: 'invalid_request_error',
  },
  CCP_PROVIDER_SUBSCRIPTION: {
    title: 'Subscription login kept back',
    why: 'A Claude subscription login may go to Anthropic only, and only for Claude Code: the provider has another host, or the client is another program.',
    fix: "Use an API key: the client's own, or one of the provider with `apiKey`.",
    exitCode: 2,
    httpStatus: 400,
    anthropicType: 'invalid_request_error',
  },
});
