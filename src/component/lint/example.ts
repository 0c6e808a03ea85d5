/** An example of a rule as a whole document: steps of a phase `build`, behind what stands above `---` if anything does. */
export function exampleDocument(example: string): string {
  const [head, steps] = example.includes('\n---\n') ? example.split('\n---\n') : ['', example];
  const inside = (steps ?? '')
    .trimEnd()
    .split('\n')
    .map((line) => `      ${line}`.trimEnd())
    .join('\n');
  return `schemaVersion: 1.0\n${head ? `${head}\n` : ''}phases:\n  - name: build\n    steps:\n${inside}\n`;
}
