/** The configuration of the demonstration: three targets, two rules, no network. */
export const demoConfig = `server: { drainTimeout: 2s }
providers:
  demo: { type: demo }
models:
  default: { provider: demo }
  small: { provider: demo, model: demo-small }
  long: { provider: demo, model: demo-wide }
routes:
  - { name: background, when: { class: auxiliary }, to: small }
  - { name: long-context, when: { tokens: { over: 20000 } }, to: long }
`;
