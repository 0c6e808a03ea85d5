/** The head of a page that is made by a program, from `source`. */
export function pageHead(title: string, source: string): string[] {
  return [`# ${title}`, '', `<!-- Made by \`npm run docs\` from ${source}. Do not edit. -->`, ''];
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`);
}

export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
