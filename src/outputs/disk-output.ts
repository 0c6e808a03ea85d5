import type { DiskFormat } from '../disks/formats/types.ts';
import type { BootDisk } from '../model/artifact.ts';
import { GildError } from '../support/errors.ts';
import { exportAtomically } from './export-atomically.ts';
import { fileName } from './file-name.ts';
import { copyBlob } from './place-blob.ts';
import type { Output } from './types.ts';

/** What QEMU calls the formats that it can boot from. */
const drivers: Readonly<Record<string, BootDisk['format']>> = {
  raw: 'raw',
  qcow2: 'qcow2',
  vmdk: 'vmdk',
  vhd: 'vpc',
  vhdx: 'vhdx',
  vdi: 'vdi',
};

/** The disk of the tree, in one of the formats for disks. */
export function diskOutput(format: DiskFormat): Output {
  const driver = drivers[format.name];
  return {
    type: format.name,
    summary: format.summary,
    schema: format.schema,
    disk: true,
    bootable: driver !== undefined,
    // Of the raw disk that each is made of; components may yet remove files, but hardly half of them.
    leastSpace: ({ layers }) => layers.reduce((sum, { unpackedSize }) => sum + unpackedSize, 0) / 2,
    async make(input, options, { blobs, disk }) {
      if (!disk) throw new GildError({ code: 'BUG', message: 'There is no disk to make a format of.' });
      const { firmware, secureBoot, made } = disk;
      const { path, digest, size } = await made(format, options);
      await blobs.adopt(path, digest);
      return {
        type: format.name,
        digest,
        size,
        mediaType: format.mediaType,
        blobs: [digest],
        fileName: fileName(input, format.extension(format.schema.parse(options))),
        ...(driver !== undefined && {
          boot: { blob: digest, format: driver, firmware, ...(secureBoot && { secureBoot }) },
        }),
      };
    },
    export: (artifact, path, blobs) =>
      exportAtomically(path, (temporary) => copyBlob(blobs, artifact.digest, temporary)),
  };
}
