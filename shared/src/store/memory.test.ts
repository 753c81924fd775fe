import { describeStore } from '../../../tests/store-contract.ts';
import { MemoryStore } from './memory.ts';

describeStore('in memory', async (world) => new MemoryStore(world));
