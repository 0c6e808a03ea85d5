/** C0 and C1 controls, direction overrides, line separators: all that could move the cursor or deceive. */
const unsafe = /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A name from inside an image, on one line and with nothing in it that a terminal obeys. */
export function visible(name: string): string {
  return name.replace(unsafe, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}
