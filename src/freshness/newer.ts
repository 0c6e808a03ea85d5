import type { Package } from '../model/image.ts';
import { compareDebian } from '../support/packages/compare-versions.ts';
import type { SuiteState } from './archive.ts';

export interface NewerPackage {
  readonly name: string;
  readonly architecture: string;
  readonly installed: string;
  readonly newest: string;
  /** The suite that has the newest. */
  readonly suite: string;
  /** A suite of security fixes has one that is newer than what is installed. */
  readonly isSecurity: boolean;
}

/** Packages that a suite has a newer version of, in the order of `installed`. */
export function newerPackages(installed: readonly Package[], suites: readonly SuiteState[]): NewerPackage[] {
  return installed.flatMap(({ name, version, architecture }) => {
    const found = suites.flatMap((state) =>
      state.versions
        .flatMap((versions) => versions.get(`${name} ${architecture}`) ?? [])
        .filter((candidate) => compareDebian(candidate, version) > 0)
        .map((candidate) => ({ version: candidate, state })),
    );
    const [newest] = found.sort((a, b) => compareDebian(b.version, a.version));
    if (!newest) return [];
    return {
      name,
      architecture,
      installed: version,
      newest: newest.version,
      suite: newest.state.suite,
      isSecurity: found.some(({ state }) => state.isSecurity),
    };
  });
}
