// C0, DEL, C1, the marks that turn the direction of writing, and the two separators that some programs take for a new line.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * Makes text from data safe to print on one line: control and bidirectional characters become visible, as `\x1b` or
 * `\u202e`, and lone surrogates become U+FFFD. A message can then neither clear the screen nor forge a line.
 */
export function maskControls(text: string): string {
  return text.toWellFormed().replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
