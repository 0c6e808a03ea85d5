import { accessSync, closeSync, constants, openSync, readSync, realpathSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { hostPath } from '../support/process.ts';
import { type HostTool, hostTools, type ToolPurpose } from './tools-table.ts';

/** What was looked for and what was found, in the order of the table. */
export interface FoundTool {
  readonly tool: HostTool;
  /** Absent: it is missing. */
  readonly path?: string;
  /** Set where something is there that will not do. */
  readonly problem?: string;
}

/** Looks for the tools of these purposes; starts no program, so that it takes a millisecond. */
export function findTools(purposes: readonly ToolPurpose[]): readonly FoundTool[] {
  return hostTools.filter((tool) => purposes.includes(tool.purpose)).map(findTool);
}

/** All that a build may need here; a root user needs no help to map user ids. */
export function purposesHere(withTests: boolean, uid = process.getuid?.()): readonly ToolPurpose[] {
  if (withTests) return ['build', 'debian', 'network', 'machines', 'rootless', 'tests'];
  return ['build', 'debian', 'network', 'machines', ...rootless(uid)];
}

/** Where a program is, also in folders that an ordinary user's PATH leaves out. */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | undefined {
  if (isAbsolute(name)) return isThere(name, constants.R_OK) ? name : undefined;
  const folders = [...path.split(':'), ...hostPath.split(':')].filter(isAbsolute);
  return folders.map((folder) => join(folder, name)).find((file) => isThere(file, constants.X_OK));
}

function rootless(uid: number | undefined): readonly ToolPurpose[] {
  return uid === 0 ? [] : ['rootless'];
}

function findTool(tool: HostTool): FoundTool {
  let problem: string | undefined;
  for (const name of [tool.name, ...(tool.instead ?? [])]) {
    const path = findProgram(name);
    if (path === undefined) continue;
    problem = objection(tool, path);
    if (problem === undefined) return { tool, path };
  }
  return { tool, ...(problem !== undefined && { problem }) };
}

function objection(tool: HostTool, path: string): string | undefined {
  if (tool.must === 'be-static' && !isStatic(path)) return `${path} is not statically linked`;
  if (tool.must === 'not-be-busybox' && basename(realpathSync(path)).startsWith('busybox')) {
    return `${path} is busybox, which cannot do all of it`;
  }
  return undefined;
}

function isThere(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

const programInterpreter = 3;

/** An ELF file without a program interpreter loads no libraries. */
export function isStatic(path: string): boolean {
  const head = Buffer.alloc(4096);
  const file = openSync(path, 'r');
  try {
    const length = readSync(file, head, 0, head.length, 0);
    if (length < 64 || head.readUInt32BE(0) !== 0x7f454c46 || head[4] !== 2) return false;
  } finally {
    closeSync(file);
  }
  const offset = Number(head.readBigUInt64LE(32));
  const size = head.readUInt16LE(54);
  const count = head.readUInt16LE(56);
  for (let index = 0; index < count; index++) {
    const at = offset + index * size;
    if (at + 4 > head.length) return false;
    if (head.readUInt32LE(at) === programInterpreter) return false;
  }
  return true;
}
