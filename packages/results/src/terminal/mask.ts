// C0, DEL and C1 controls; what turns the direction of writing, hides, or is taken for a line end: soft hyphen, zero-width
// space, bidirectional controls, separators, byte order mark, interlinear marks; what XML forbids. The two joiners stay:
// emoji and some scripts are written with them.
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]/g

/**
 * Makes text from data safe to show on one line: what could act or hide becomes visible, as `\x1b` or `\u202e`, and lone
 * surrogates become U+FFFD. A message can then neither clear the screen, nor forge a line, nor turn the text around it.
 */
export function maskControls(text: string): string {
  return text.toWellFormed().replace(UNSAFE, show)
}

/** The same for text of many lines: line feeds and tabs stay, CR LF becomes LF. */
export function maskLines(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(UNSAFE, (character) => (character === '\n' || character === '\t' ? character : show(character)))
}

function show(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}
