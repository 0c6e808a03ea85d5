import { local } from './local.ts';
import { registry } from './registry.ts';
import type { PlaceKind } from './types.ts';

export const placeKinds: readonly PlaceKind[] = [local, registry];
