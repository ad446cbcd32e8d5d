import { createHash } from 'node:crypto'
import { countOf, spanWords } from '../../../../shared/domain/size-words.ts'
import { exactWords, withTimeWords } from '../../../../shared/domain/time-words.ts'
import { html, type Markup } from './markup.ts'
import type { ReportDocument } from './report-document.ts'
import { reportStyle } from './report-style.ts'
import { stepMarkup } from './report-steps.ts'
import { severityLeads, stateWords } from './report-words.ts'

/** The page asks for nothing and runs nothing: its own style, by its hash, is all that is allowed. */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(reportStyle).digest('base64')}'; base-uri 'none'; form-action 'none'`

/** One file that can be read, mailed and printed anywhere. */
export function reportHtml(document: ReportDocument): string {
  const { run } = document
  const title = `${run.scenario} ${run.title}: ${run.cluster}`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        <header>
          <p class="muted">Recovery report, ${document.format}</p>
          <h1>${run.title}</h1>
          <p>${run.cluster}, runbook ${run.scenario}, run ${run.id}</p>
        </header>
        <main>
          ${gate(document)} ${section('In short', summary(document))}
          ${section('How it came to this runbook', answers(document))} ${section('Given', given(document))}
          ${section('Timeline', timeline(document))}
          ${section(
            'Steps',
            document.steps.map((step, place) => stepMarkup(step, place + 1)),
          )}
          ${section('Exceptions', exceptions(document))} ${sheet(document)}
        </main>
      </body>
    </html> `.markup
}

/** To the byte, for its hash. */
const styleElement: Markup = { markup: `<style>${reportStyle}</style>` }

function section(title: string, content: Markup | readonly Markup[]): Markup {
  return html`<section>
    <h2>${title}</h2>
    ${content}
  </section>`
}

function gate({ acceptance, run, closed }: ReportDocument): Markup {
  const { signed } = acceptance
  const words =
    run.state === 'abandoned'
      ? 'This run was abandoned. What it left behind is said under Steps.'
      : signed !== null
        ? 'The acceptance sheet is signed: the cluster is open to users.'
        : acceptance.all === 0
          ? 'This runbook has no acceptance sheet.'
          : 'The acceptance sheet is not signed: the cluster is not open to users.'
  const end = closed === null ? 'This run is not closed: the report says how it stood when it was made.' : ''
  return html`<p class="gate"><strong>${words}</strong> ${end}</p>`
}

function summary(document: ReportDocument): Markup {
  const { run, outcome, made, audit, closed, planHash, costs } = document
  const rows: readonly (readonly [string, string])[] = [
    ['Failed', exactWords(run.failedAt)],
    ['When this runbook is right', run.when],
    ['Begun', `${exactWords(run.startedAt)} by ${run.startedBy}`],
    ['Held by', run.holder],
    [
      'Closed',
      closed === null
        ? 'Not closed.'
        : `${exactWords(closed.at)} by ${closed.by}: ${closed.outcome}. ${closed.reason}`,
    ],
    ['Data lost (RPO)', withTimeWords(outcome.lost)],
    [
      'Time to recover (RTO)',
      outcome.recoveredMs === null
        ? 'Not recovered: nobody has signed.'
        : `${spanWords(outcome.recoveredMs)} from the failure to the signature.`,
    ],
    ['Time at work', `${spanWords(outcome.workedMs)} since the run began. ${outcome.took}`],
    ['What it costs, as said before', costs.length === 0 ? 'Nothing.' : costs.join('\n')],
    ['Plan', planHash ?? 'No restore was planned.'],
    ['The same on the command line', run.commandLine],
    ['Report made', `${exactWords(made.at)} by ${made.by}, Holdfast ${made.version}`],
    [
      'Audit chain',
      audit === null ? 'It has no entry.' : `Entry ${audit.seq}, head ${audit.head40}\n${audit.hash}`,
    ],
  ]
  return facts(rows)
}

function given({ inputs, changed }: ReportDocument): Markup {
  if (inputs.length === 0) return html`<p>This runbook asks for nothing.</p>`
  const rows = inputs.map(({ label, value }) => [label, value === '' ? 'Left empty.' : value] as const)
  return html`${facts(rows)}
  ${
    changed === null
      ? ''
      : html`<p>
          Changed at ${exactWords(changed.at)} by ${changed.by}, with nothing done that stands; every step was
          begun anew. The audit chain has what it was before.
        </p>`
  }`
}

function facts(rows: readonly (readonly [name: string, value: string])[]): Markup {
  return html`<table class="facts">
    <tbody>
      ${rows.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td><span class="text">${value}</span></td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function answers({ answers: told }: ReportDocument): Markup {
  if (told.length === 0) return html`<p>It was chosen by hand.</p>`
  return html`<table>
    <thead>
      <tr>
        <th>Question</th>
        <th>Answer</th>
        <th>Because</th>
      </tr>
    </thead>
    <tbody>
      ${told.map(
        ({ question, answer, because }) =>
          html`<tr>
            <td>${question}</td>
            <td>${answer}</td>
            <td>${withTimeWords(because)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function timeline({ timeline: moments }: ReportDocument): Markup {
  return html`<table>
    <thead>
      <tr>
        <th>When</th>
        <th>What</th>
        <th>Who</th>
      </tr>
    </thead>
    <tbody>
      ${moments.map(
        ({ at, severity, sentence, by, step }) =>
          html`<tr>
            <td class="time">${exactWords(at)}</td>
            <td>
              ${severityLeads[severity]}${withTimeWords(sentence)}${step === null ? '' : html` <code class="muted">${step}</code>`}
            </td>
            <td>${by ?? ''}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function exceptions({ exceptions: excepted }: ReportDocument): Markup {
  if (excepted.length === 0) return html`<p>None: no step was passed over.</p>`
  return html`<table>
    <thead>
      <tr>
        <th>Step</th>
        <th>Reason</th>
      </tr>
    </thead>
    <tbody>
      ${excepted.map(
        ({ title, because }) =>
          html`<tr>
            <td>${title}</td>
            <td>${because}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

/** On a page of its own, to be signed by hand where that is asked for. */
function sheet({ acceptance, steps, run, audit }: ReportDocument): Markup {
  const rows = steps.filter((step) => step.section === 'accept')
  const { signed } = acceptance
  const count = `${countOf(acceptance.green, 'row')} green, ${acceptance.excepted} excepted, of ${acceptance.all}.`
  const signature =
    signed === null
      ? html`<p class="state">Not signed.</p>`
      : html`<p class="state">
            Signed ${exactWords(signed.at)}${signed.by === null ? '' : ` by ${signed.by}`}.
          </p>
          <p>${signed.note}</p>`
  return html`<section class="sheet">
    <h2>Acceptance sheet: ${run.cluster}</h2>
    <p>${count}</p>
    <table>
      <thead>
        <tr>
          <th>Row</th>
          <th>State</th>
          <th>What was found</th>
          <th>Evidence</th>
          <th>Who, when</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <td>${row.title}</td>
              <td class="state">${row.state === 'skipped' ? 'Excepted' : stateWords[row.state]}</td>
              <td>${withTimeWords(row.sentence ?? '')}</td>
              <td>
                ${row.evidence.map(({ name, value }) => html`<div>${name}: <code>${withTimeWords(value)}</code></div>`)}
              </td>
              <td>${row.by ?? ''}<br />${row.endedAt === null ? '' : exactWords(row.endedAt)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${signature}
    <p>Audit head: <code>${audit?.head40 ?? 'none'}</code></p>
    <div class="sign">
      <div>Name</div>
      <div>Signature</div>
      <div>Date</div>
    </div>
  </section>`
}
