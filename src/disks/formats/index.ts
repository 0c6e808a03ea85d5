import { box } from './box.ts';
import { gce } from './gce.ts';
import { incus } from './incus.ts';
import { ova } from './ova/ova.ts';
import { qcow2 } from './qcow2/qcow2.ts';
import { raw } from './raw.ts';
import type { DiskFormat } from './types.ts';
import { vdi } from './vdi.ts';
import { vhd } from './vhd/vhd.ts';
import { vhdx } from './vhdx/vhdx.ts';
import { vmdk } from './vmdk/vmdk.ts';

/** Every format that a disk can be written in. */
export const diskFormats: readonly DiskFormat[] = [raw, qcow2, vmdk, vhd, vhdx, vdi, ova, gce, box, incus];
