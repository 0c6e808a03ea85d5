/** Order of two texts without regard to case: by the code points of their lower-case forms; nothing is trimmed. */
export function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a.toLowerCase()), Buffer.from(b.toLowerCase()));
}
