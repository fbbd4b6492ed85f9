import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { workspaceRoot } from './repo/tree.js'

// Plain scripts without declarations: their names are checked by what these tests expect of them.
const script = (name: string) => import(pathToFileURL(join(workspaceRoot, '.ci/picture', name)).href)
const { drawReadmePicture } = await script('readme-picture.mjs')
const { playRecording } = await script('screen.mjs')
const { drawScreen } = await script('svg.mjs')

const read = (path: string) => readFileSync(join(workspaceRoot, path), 'utf8')
const plain = (recording: string): string[] =>
  playRecording(recording).map((runs: { text: string }[]) => runs.map(({ text }) => text).join(''))

describe("the README's picture", () => {
  const recording = read('test/golden/terminal-recording.txt')
  const picture = read('.github/terminal.svg')

  it('is what the script makes of the recording', () => {
    expect(picture).toBe(drawReadmePicture(recording))
  })

  it('shows a run from its command to its document, in plain text', () => {
    const words = [...picture.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text)
    expect(words.slice(0, 2)).toEqual(['$', 'npm start'])
    expect(words).toEqual(expect.arrayContaining(['fetch', '3 tries', 'document', 'success rate']))
    expect(words.join(' ')).not.toMatch(/The same for your own function|\bat .*:\d+:\d+/)
  })

  it('is small, follows light and dark, runs nothing and fetches nothing', () => {
    expect(Buffer.byteLength(picture)).toBeLessThan(40_000)
    expect(picture).toContain('@media (prefers-color-scheme: dark)')
    expect(picture).not.toMatch(/<script|<foreignObject|\son\w+=|@import|@font-face|url\(|href=/i)
    expect(picture.match(/https?:[^"]*/g)).toEqual(['http://www.w3.org/2000/svg'])
  })

  it('is refused while the recording is not that of a whole run', () => {
    expect(() => drawReadmePicture('fetch\n')).toThrow(/does not hold the line "The same for your own function:"/)
  })
})

describe('a recording', () => {
  it('leaves what the screen shows at the end: lines drawn over are gone', () => {
    const redraw = '\x1b[?2026h● fetch 1 ms\nwaiting\n\x1b[?2026l\x1b[?2026h\x1b[2A\x1b[J✓ fetch 2 ms\n\x1b[?2026l'
    expect(plain(`$ start\n${redraw}done`)).toEqual(['$ start', '✓ fetch 2 ms', 'done'])
    expect(plain('12 %\r99')).toEqual(['99 %'])
    expect(plain('abc\r\x1b[Kd')).toEqual(['d'])
  })

  it('keeps colours and bold until they end, and joins what has one style', () => {
    expect(playRecording('a\x1b[1;31mb\x1b[22mc\x1b[39md\x1b[96me\x1b[mf')[0]).toEqual([
      { text: 'a', colour: undefined, bold: false },
      { text: 'b', colour: 1, bold: true },
      { text: 'c', colour: 1, bold: false },
      { text: 'd', colour: undefined, bold: false },
      { text: 'e', colour: 14, bold: false },
      { text: 'f', colour: undefined, bold: false },
    ])
  })

  it.each(['\x1b[2J', '\x1b[5;5H', '\x1b[48;5;1m', '\x07', '\x1b]0;title\x07'])('with %j is refused', (sequence) => {
    expect(() => playRecording(`a${sequence}b`)).toThrow(/cannot show/)
  })
})

describe('a drawn screen', () => {
  it('places words by column, escapes them, and names only the colours it uses', () => {
    const svg = drawScreen(playRecording('\x1b[31m<a>\x1b[39m   "b" & c\n\n d'), 'A & B')
    expect(svg).toContain('<title>A &amp; B</title>')
    expect(svg).toContain('<text class="c1" x="20" y="35" textLength="25.2">&lt;a&gt;</text>')
    expect(svg).toContain('<text x="70.4" y="35" textLength="58.8">&quot;b&quot; &amp; c</text>')
    expect(svg).toContain('<text x="28.4" y="75">d</text>')
    expect([...new Set(svg.match(/\.c\d+/g))]).toEqual(['.c1'])
    expect(svg).toContain('height="100"')
  })
})
