export { createBedrockAdapter as default } from './bedrock-adapter.js';
