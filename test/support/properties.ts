import fc from 'fast-check';
import { testSeed } from './random.ts';

fc.configureGlobal({ seed: testSeed('properties') });

/** fast-check, with the seed that all tests share. */
export { fc };
