import type { Package } from '../../model/image.ts';

/** Entries without a `Status` are those of `status.d`, which lists only what is installed. */
export function parseDpkgStatus(text: string): readonly Package[] {
  return paragraphs(text, /^([A-Za-z-]+): (.*)$/)
    .filter((fields) => / installed$/.test(fields.get('Status') ?? 'install ok installed'))
    .map((fields) => entry(fields.get('Package'), fields.get('Version'), fields.get('Architecture')))
    .filter(({ name }) => name !== '');
}

export function parseApkInstalled(text: string): readonly Package[] {
  return paragraphs(text, /^([PVA]):(.*)$/)
    .map((fields) => entry(fields.get('P'), fields.get('V'), fields.get('A')))
    .filter(({ name }) => name !== '');
}

function paragraphs(text: string, field: RegExp): Map<string, string>[] {
  return text.split(/\n{2,}/).map((paragraph) => {
    const fields = new Map<string, string>();
    for (const line of paragraph.split('\n')) {
      const [, name, value] = field.exec(line) ?? [];
      if (name !== undefined && value !== undefined) fields.set(name, value.trim());
    }
    return fields;
  });
}

function entry(name = '', version = '', architecture = ''): Package {
  return { name, version, architecture };
}
