import { msiAction } from '../msi.ts';

export const installMsi = msiAction('InstallMSI', {
  summary: 'Installs an MSI package on Windows.',
  mode: '/i',
  success: [0, 1614, 1641, 3010],
});
