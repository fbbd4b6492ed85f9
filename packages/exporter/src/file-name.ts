import { createHash } from 'node:crypto'

const MAX_BYTES = 120
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i

/**
 * Makes any text a file name: letters, digits, `.`, `_` and `-` stay, other characters become `~` and their UTF-8 bytes
 * in hex; names that a file system would change, hide or refuse are escaped; what is too long is cut and gets a hash.
 */
export function toFileName(text: string): string {
  let name = ''
  for (const character of text.toWellFormed())
    name += /^[\p{L}\p{N}._-]$/u.test(character) ? character : toHex(character)
  if (name === '') return '~'
  if (/^[.-]/.test(name)) name = toHex(name.charAt(0)) + name.slice(1)
  if (name.endsWith('.')) name = name.slice(0, -1) + toHex('.')
  if (RESERVED.test(name)) name = toHex(name.charAt(0)) + name.slice(1)
  if (Buffer.byteLength(name) <= MAX_BYTES) return name
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
  return `${cutBytes(name, MAX_BYTES - hash.length - 1)}~${hash}`
}

function toHex(character: string): string {
  return `~${Buffer.from(character).toString('hex')}`
}

function cutBytes(text: string, bytes: number): string {
  let end = Math.min(text.length, bytes)
  while (Buffer.byteLength(text.slice(0, end)) > bytes) end -= 1
  return text.slice(0, end).toWellFormed().replaceAll('\ufffd', '')
}
