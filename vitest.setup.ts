import { configureGlobal } from 'fast-check';

// The random cases belong to the tree that is tested: the same tree tests the same cases, another one others.
// A failure is then one of the tree, on every machine; `test:long` leaves the choice to chance.
const seed = process.env['CCPROXY_TEST_SEED'];
if (seed !== undefined) configureGlobal({ seed: Number(seed) });
