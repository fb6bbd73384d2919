#!/usr/bin/env node
// The sources are TypeScript and run as they are: there is no build step that could be out of date.
import { register } from 'tsx/esm/api';

register();
await import('../src/installMain.ts');
