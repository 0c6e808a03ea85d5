import type { Image } from '../../model/image.ts';

/** A command that starts the exported artifact, for people to paste. */
export function usageOf(type: string, path: string, image: Image): string | undefined {
  return usages.get(type)?.(path, image);
}

/** podman takes a folder after `oci:` only without `./` before it. */
const usages: ReadonlyMap<string, (path: string, image: Image) => string> = new Map([
  ['oci', (path, image) => `podman run --rm${publish(image)} oci:${path.replace(/^\.\//, '')}`],
  [
    'docker-archive',
    (path, image) =>
      `docker load -i ${path} && docker run --rm${publish(image)} ${image.name}:${image.version}`,
  ],
  ['rootfs', (path) => `mkdir root && tar --zstd -xpf ${path} -C root && chroot root`],
]);

/** The command that boots the disk of an image, for people to paste. */
export function bootUsage(name: string, image: Image): string {
  return `gild run${publish(image)} ${name}`;
}

/** Ports below 1024 are not everybody's: 80 is offered at 8080. */
function publish(image: Image): string {
  return image.config.ports
    .map((port) => Number.parseInt(port, 10))
    .map((port) => ` -p ${port < 1024 ? 8000 + port : port}:${port}`)
    .join('');
}
