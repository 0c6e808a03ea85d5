import type { Machine } from '../platforms/types.ts';
import { readText, utility } from './capture.ts';
import { linkTarget } from './file-facts.ts';
import { presetFor } from './systemd-presets.ts';

export interface UnitState {
  /** Where the unit is defined. */
  readonly file: string;
  /** As `systemctl is-enabled` calls it, but for a first boot that is still to come. */
  readonly state: 'enabled' | 'disabled' | 'static' | 'masked';
  /** A few words on what says so. */
  readonly because: string;
}

/** Those that systemd searches, the strongest first. */
const unitFolders = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];

const unitTypes = /\.(service|socket|target|timer|path|mount|automount|swap|slice|scope|device)$/;

export function unitName(name: string): string {
  return unitTypes.test(name) ? name : `${name}.service`;
}

/** What the files say of a unit; systemd itself need not run, nor be installed. */
export async function readUnit(
  machine: Machine,
  name: string,
  signal?: AbortSignal,
): Promise<UnitState | undefined> {
  const template = name.replace(/@[^@]+(\.[a-z]+)$/, '@$1');
  const found = await findNames(machine, [name, template], signal);
  const file = firstDefinition(found, [name, template]);
  if (file === undefined) return undefined;
  const target = await linkTarget(machine, file, signal);
  if (target === '/dev/null') return { file, state: 'masked', because: `${file} leads to /dev/null` };
  const wanted = found.find(
    (path) => /^\/etc\/.*\.(wants|requires|upholds)\/[^/]+$/.test(path) && path.endsWith(`/${name}`),
  );
  if (wanted !== undefined) return { file, state: 'enabled', because: `by ${wanted}` };
  const alias = await findAlias(machine, name, signal);
  if (alias !== undefined) return { file, state: 'enabled', because: `by its alias ${alias}` };
  const text = (await readText(machine, file, signal)) ?? '';
  if (!/^\[Install\]/m.test(text))
    return { file, state: 'static', because: `${file} has no [Install] section` };
  const preset = await firstBootPreset(machine, name, signal);
  if (preset !== undefined)
    return { file, state: 'enabled', because: `by the preset ${preset} at the first boot` };
  return { file, state: 'disabled', because: 'nothing in /etc/systemd/system wants it' };
}

async function findNames(
  machine: Machine,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const alternatives = [...new Set(names)].flatMap((name, i) =>
    i === 0 ? ['-name', name] : ['-o', '-name', name],
  );
  const { stdout } = await utility(
    machine,
    ['find', ...unitFolders, '-maxdepth', '2', '(', ...alternatives, ')'],
    signal,
  );
  return stdout.split('\n').filter((line) => line !== '');
}

function firstDefinition(found: readonly string[], names: readonly string[]): string | undefined {
  const places = names.flatMap((name) => unitFolders.map((folder) => `${folder}/${name}`));
  return places.find((place) => found.includes(place));
}

/** A link of another name beside the unit, as `ssh.service` has with `sshd.service`. */
async function findAlias(
  machine: Machine,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const search = ['find', '/etc/systemd/system', '-maxdepth', '1', '-type', 'l', '!', '-name', name];
  const links = await utility(
    machine,
    [...search, '-exec', ...machine.toolbox, 'readlink', '{}', ';', '-print'],
    signal,
  );
  const lines = links.stdout.split('\n');
  const at = lines.findIndex((line, i) => i % 2 === 0 && line.endsWith(`/${name}`));
  return at < 0 ? undefined : lines[at + 1];
}

/** Presets count only where systemd will take the next boot for the first: no machine id yet. */
async function firstBootPreset(
  machine: Machine,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const id = await readText(machine, '/etc/machine-id', signal);
  if (id !== undefined && id.trim() !== 'uninitialized') return undefined;
  const preset = await presetFor(machine, name, signal);
  return preset?.enable ? preset.file : undefined;
}
