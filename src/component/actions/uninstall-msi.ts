import { msiAction } from '../msi.ts';

export const uninstallMsi = msiAction('UninstallMSI', {
  summary: 'Removes what an MSI package has installed on Windows.',
  mode: '/x',
  success: [0, 1605, 1614, 1641, 3010],
});
