import type { Kernel } from '../kernel.js';
export function createTwin(): Kernel { throw new Error('none yet'); }
