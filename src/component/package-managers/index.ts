import { apk } from './apk.ts';
import { apt } from './apt.ts';
import { dnf, yum } from './dnf.ts';
import { pacman } from './pacman.ts';
import type { PackageManager } from './types.ts';
import { zypper } from './zypper.ts';

/** In the order in which they are looked for where the system does not say whose it is. */
export const packageManagers: readonly PackageManager[] = [apt, dnf, yum, zypper, apk, pacman];
