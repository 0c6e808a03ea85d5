/** Families of operating systems that a machine may run and a component may be written for. */
export type OperatingSystem = 'linux' | 'macos' | 'windows';

export const operatingSystemNames: Readonly<Record<OperatingSystem, string>> = {
  linux: 'Linux',
  macos: 'macOS',
  windows: 'Windows',
};
