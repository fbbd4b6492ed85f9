import { OUTCOME_WORDS } from '../core/outcome.js'
import { PALETTE } from './palette.js'

const LIGHT = '--ground:#fff;--raised:#f6f8fa;--text:#1f2328;--quiet:#555e68;--line:#d1d9e0;--link:#0860c4'
const DARK = '--ground:#0d1117;--raised:#161b22;--text:#e6edf3;--quiet:#9ea7b3;--line:#30363d;--link:#58a6ff'

function colours(ground: 'light' | 'dark'): string {
  return OUTCOME_WORDS.map((word) => `--${word}:${PALETTE[word][ground]}`).join(';')
}

const LIGHT_ROOT = `:root{${LIGHT};${colours('light')}}`
const DARK_ROOT = `:root{${DARK};${colours('dark')}}`

/** The whole style of the HTML report: no font, image or sheet is fetched. */
export const STYLE = `${LIGHT_ROOT}
@media (prefers-color-scheme:dark){${DARK_ROOT}}
@media print{${LIGHT_ROOT}}
${OUTCOME_WORDS.map((word) => `.${word}{--c:var(--${word})}`).join('')}
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1200px;margin:0 auto;padding:24px 24px 48px}
h1,h2,h3{line-height:1.25;overflow-wrap:anywhere;margin:0 0 8px}
h1{font-size:24px}h2{font-size:19px}h3{font-size:15px;margin-top:24px}
table+section{margin-top:32px}
section+section{border-top:1px solid var(--line);margin-top:32px;padding-top:24px}
p{margin:0 0 8px}a{color:var(--link)}
.state{color:var(--c);font-weight:600;white-space:nowrap}
.quiet{color:var(--quiet)}
code,pre{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code{overflow-wrap:anywhere}
pre{margin:8px 0 0;padding:8px 12px;background:var(--raised);border:1px solid var(--line);border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere;max-height:480px;overflow:auto;color:var(--text)}
.failure{margin:16px 0;padding:12px 16px;border:1px solid var(--line);border-left:4px solid var(--c);border-radius:6px;background:var(--raised)}
.failure pre{background:var(--ground)}
summary{cursor:pointer;color:var(--link);min-height:24px}
summary{width:fit-content}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:6px 12px 6px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{font-weight:600;color:var(--quiet);font-size:13px}
td.number,th.number{text-align:right;white-space:nowrap;overflow-wrap:normal}
.steps{border:1px solid var(--line);border-radius:6px;margin-top:16px;overflow:hidden}
.row{display:grid;grid-template-columns:minmax(160px,5fr) 104px 88px minmax(120px,7fr);column-gap:12px;align-items:center;padding:3px 12px;min-height:28px;break-inside:avoid}
.row+.row{border-top:1px solid var(--line)}
.head{background:var(--raised);color:var(--quiet);font-size:13px;font-weight:600}
.name{padding-left:calc(var(--d,0)*18px);overflow-wrap:anywhere;min-width:0}
.glyph{display:inline-block;width:1.3em;color:var(--c)}
.word{color:var(--c);font-weight:600;font-size:13px}
.time{text-align:right;white-space:nowrap}
.note{color:var(--quiet);font-size:13px;white-space:nowrap}
.axis{display:flex;justify-content:space-between}
.track{position:relative;height:14px;align-self:center}
.bar{position:absolute;top:0;bottom:0;min-width:2px;border-radius:2px;background:var(--c)}
.bar.failed,.bar.timed_out,.bar.interrupted{background:repeating-linear-gradient(135deg,var(--c) 0 5px,transparent 5px 7px),color-mix(in srgb,var(--c) 45%,var(--ground))}
.bar.open{background:linear-gradient(90deg,var(--c),color-mix(in srgb,var(--c) 25%,var(--ground)));border-radius:2px 0 0 2px}
.bar.wait{background:repeating-linear-gradient(135deg,var(--line) 0 2px,transparent 2px 6px);outline:1px solid var(--line);outline-offset:-1px}
.more{grid-column:1/-1;padding:2px 0 6px calc(var(--d,0)*18px + 1.4em);min-width:0;font-size:14px}
.more ul{margin:4px 0;padding-left:20px}
.fault{overflow-wrap:anywhere}
.share{display:inline-block;height:8px;min-width:2px;border-radius:2px;background:var(--link);vertical-align:middle}
.bars{width:30%}
@media (max-width:700px){main{padding:16px 12px 32px}h1{font-size:20px}
.row{grid-template-columns:minmax(0,1fr) auto auto;column-gap:8px;padding:6px 8px}
.track,.axis{grid-column:1/-1}.track{height:8px;margin:3px 0}
.name{padding-left:calc(min(var(--d,0),6)*8px)}.more{padding-left:calc(min(var(--d,0),6)*8px)}
.failure{padding:10px 12px}.bars,.when{display:none}}
@media print{main{max-width:none;padding:0}body{font-size:11px}.word,.note,.head,.more,.more pre,code,pre,th{font-size:10px}pre{max-height:none}.row{min-height:0}
.bar,.share,.head,.failure{print-color-adjust:exact;-webkit-print-color-adjust:exact}
details::details-content{content-visibility:visible;block-size:auto}a{color:inherit;text-decoration:none}}
@media (forced-colors:active){.bar,.share{forced-color-adjust:none}}
`
