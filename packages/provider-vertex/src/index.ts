export { createVertexAdapter as default } from './vertex-adapter.js';
