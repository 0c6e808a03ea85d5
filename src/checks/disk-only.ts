import { z } from 'zod';
import { defineCheck } from './define-check.ts';
import { needsDisk } from './findings.ts';
import type { Check } from './types.ts';

const timeoutSeconds = z.number().positive().max(3600).default(300).describe('How long it may take.');

export const reboot = diskOnly('reboot', 'Reboots the machine and waits until it is up again');
export const boot = diskOnly('boot', 'Boots the image and waits until all its services are up');

function diskOnly(type: string, summary: string): Check {
  return defineCheck({
    type,
    summary,
    needs: 'disk',
    needsMainProcess: false,
    schema: z.strictObject({ timeoutSeconds }),
    run: async () => needsDisk(`a ${type} test`),
  });
}
