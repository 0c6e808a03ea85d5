/**
 * What package scripts need to leave the same modes, owners and file capabilities as with all capabilities.
 * Fewer still exit 0 but silently change the image: without FSETID setgid bits get lost, without SETFCAP `ping`
 * becomes setuid root.
 */
export const buildCapabilities = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_SETUID',
  'CAP_SETGID',
  'CAP_SETFCAP',
] as const;
