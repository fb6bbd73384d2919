// A thread of the command line that helps with a reconstruction.
import { register } from 'tsx/esm/api';

register();
await import('../src/helperThread.ts');
