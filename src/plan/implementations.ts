/**
 * The version of each piece of Gild that makes results, where it is not 1: raised when that piece makes something else
 * of the same input, so that nothing made before is taken for it. A test hashes their sources and asks
 * (`npm run implementations`).
 */
const raised: Readonly<Record<string, number>> = {
  component: 4,
  'action/UpdateOS': 2,
  'disk-tree': 2,
  'output/gce': 2,
  'test/boot': 2,
};

/** `base/debian`, `files`, `component`, `action/ExecuteBash`, `layer`, `output/oci`, `test/port` ...; what the members of a kind share: `bases`, `outputs`, `tests`. */
export function implementation(name: string): number {
  return raised[name] ?? 1;
}
