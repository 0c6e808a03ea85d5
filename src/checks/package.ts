import { z } from 'zod';
import { defineCheck } from './define-check.ts';
import { failed, oneLine, passed } from './findings.ts';
import { constraintPattern, satisfies } from './packages/constraint.ts';
import { readPackages } from './packages/installed.ts';

const schema = z.strictObject({
  package: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[A-Za-z0-9][A-Za-z0-9+._:-]*$/, 'the name of a package')
    .describe('Name of the package; `name:architecture` for one of several.'),
  installed: z.boolean().default(true).describe('Whether it must be installed, or must not.'),
  version: z
    .string()
    .max(256)
    .regex(constraintPattern, 'a version, `1.22.x`, or `>= 1.22, < 2`')
    .optional()
    .describe('Version it must have: exact (`1.22.1`), a wildcard (`1.22.x`), or bounds (`>= 1.22, < 2`).'),
});

export const packageCheck = defineCheck({
  type: 'package',
  summary: 'Looks up a package in the database of dpkg, apk or rpm',
  needs: 'container',
  needsMainProcess: false,
  schema,
  async run(options, { machine, signal }) {
    const { system, packages, compare } = await readPackages(machine, signal);
    const [name = '', architecture] = options.package.split(':');
    const found = packages.filter(
      (entry) => entry.name === name && (architecture === undefined || entry.architecture === architecture),
    );
    const versions = found.map(({ version }) => oneLine(version)).join(' and ');
    const subject = `package ${options.package}`;
    if (!options.installed) {
      if (found.length === 0) return passed(`${subject} is not installed`);
      return failed(`expected ${subject} not to be installed, found version ${versions}`);
    }
    if (found.length === 0) {
      const where = system === 'none' ? 'the image has no package database' : `${system} does not list it`;
      return failed(`expected ${subject} to be installed, but ${where}`);
    }
    const { version } = options;
    if (version !== undefined && !found.every((entry) => satisfies(entry.version, version, compare))) {
      return failed(`expected ${subject} in version ${version}, found ${versions}`);
    }
    return passed(`${subject} is installed in version ${versions}`);
  },
});
