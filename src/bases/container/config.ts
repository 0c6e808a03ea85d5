import type { Architecture, ContainerConfig } from '../../model/buildspec.ts';
import type { Digest } from '../../model/digest.ts';
import { isDigest } from '../../support/registry/reference.ts';
import { asArray, asObject, asStrings } from './descriptor.ts';

/** What an image's config blob says, as far as it matters to us. */
export interface ImageConfig {
  readonly os: string;
  readonly architecture: Architecture | string;
  readonly diffIds: readonly Digest[];
  /** One per layer; empty where the history says nothing. */
  readonly createdBy: readonly string[];
  /** Seconds since 1970, never negative and never in the future. */
  readonly epoch: number;
  readonly config: Partial<ContainerConfig>;
}

/** Returns undefined if this is no container image's config. `now` is in milliseconds since 1970. */
export function readImageConfig(value: unknown, now = Date.now()): ImageConfig | undefined {
  const { os, architecture, rootfs, created, history, config } = asObject(value);
  const diffIds = asArray(asObject(rootfs).diff_ids);
  if (typeof architecture !== 'string' || !diffIds.every(isDigest)) return undefined;
  const steps = asArray(history).map(asObject);
  const text = (step: Readonly<Record<string, unknown>>) =>
    typeof step.created_by === 'string' ? step.created_by : '';
  const ofLayers = steps.filter((step) => step.empty_layer !== true).map(text);
  return {
    os: typeof os === 'string' ? os : 'linux',
    architecture,
    diffIds,
    createdBy: diffIds.map((_, at) =>
      ofLayers.length === diffIds.length ? (ofLayers[at] ?? '').slice(0, 500) : '',
    ),
    epoch: latest([created, ...(seconds(created, now) ? [] : steps.map((step) => step.created))], now),
    config: readRunConfig(asObject(config)),
  };
}

/** Images made reproducibly are dated 0 or year 1: then the newest date of the history speaks, if there is one. */
function latest(dates: readonly unknown[], now: number): number {
  return Math.max(0, ...dates.map((date) => seconds(date, now) ?? 0));
}

function seconds(date: unknown, now: number): number | undefined {
  const time = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isFinite(time) && time > 0 ? Math.floor(Math.min(time, now) / 1000) : undefined;
}

function readRunConfig(config: Readonly<Record<string, unknown>>): Partial<ContainerConfig> {
  const { Env, Cmd, Entrypoint, User, WorkingDir, ExposedPorts, Labels } = config;
  const env = texts(Env).filter((entry) => entry.indexOf('=') > 0);
  const ports = Object.keys(asObject(ExposedPorts)).sort();
  const labels = asStrings(Labels);
  return {
    ...(env.length > 0
      ? { env: Object.fromEntries(env.map((entry) => splitAt(entry, entry.indexOf('=')))) }
      : {}),
    ...(texts(Cmd).length > 0 ? { cmd: texts(Cmd) } : {}),
    ...(texts(Entrypoint).length > 0 ? { entrypoint: texts(Entrypoint) } : {}),
    ...(typeof User === 'string' && User !== '' ? { user: User } : {}),
    ...(typeof WorkingDir === 'string' && WorkingDir !== '' ? { workingDir: WorkingDir } : {}),
    ...(ports.length > 0 ? { ports: ports.map((port) => (port.includes('/') ? port : `${port}/tcp`)) } : {}),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
  };
}

function texts(value: unknown): string[] {
  return asArray(value).filter((item) => typeof item === 'string');
}

function splitAt(text: string, at: number): [string, string] {
  return [text.slice(0, at), text.slice(at + 1)];
}
