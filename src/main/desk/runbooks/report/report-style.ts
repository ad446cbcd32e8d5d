/** Of a report: one column that prints on paper without a colour being needed. */
export const reportStyle = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.5rem; background: #fff; color: #1b2426;
  font: 14px/1.5 'IBM Plex Sans', system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 2px solid #1b2426; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0; }
ul { margin: .25rem 0; padding-left: 1.25rem; }
code, pre { font: 12px/1.45 'IBM Plex Mono', ui-monospace, monospace; white-space: pre-wrap; }
pre { margin: .5rem 0; padding: .5rem .75rem; border: 1px solid #cdd6d8; }
table { width: 100%; border-collapse: collapse; margin: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #dfe5e6; }
.text { white-space: pre-line; }
th { font-weight: 600; }
.facts th { width: 14rem; font-weight: 400; color: #4d5b5f; }
.time { white-space: nowrap; width: 13rem; font-variant-numeric: tabular-nums; }
.muted { color: #4d5b5f; }
.state { font-weight: 600; white-space: nowrap; }
.step { padding: .75rem 0; border-bottom: 1px solid #cdd6d8; }
.gate { border: 2px solid #1b2426; padding: .75rem 1rem; margin: 1rem 0; }
.sign { display: grid; grid-template-columns: 2fr 2fr 1fr; gap: 2rem; margin-top: 3rem; }
.sign div { border-top: 1px solid #1b2426; padding-top: .25rem; color: #4d5b5f; }
@media print {
  @page { margin: 18mm 15mm; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2 { break-after: avoid; }
  .step, .gate, .sheet, tr { break-inside: avoid; }
  .sheet { break-before: page; }
}
`
