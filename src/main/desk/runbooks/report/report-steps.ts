import { spanWords } from '../../../../shared/domain/size-words.ts'
import { sectionWords } from '../../../../shared/domain/section-words.ts'
import { exactWords, withTimeWords } from '../../../../shared/domain/time-words.ts'
import { html, type Markup } from './markup.ts'
import type { ReportDocument } from './report-document.ts'
import { kindWords, severityLeads, stateWords } from './report-words.ts'

type ReportStep = ReportDocument['steps'][number]

const damages = ['', 'Stops something.', 'Replaces what can be taken back.', 'Cannot be taken back.']

/** One step with everything that was kept of it. */
export function stepMarkup(step: ReportStep, number: number): Markup {
  const { state, sentence, startedAt, tookMs, by, twin, evidence, lines } = step
  const when = [
    ...(startedAt === null ? [] : [exactWords(startedAt)]),
    ...(tookMs === null ? [] : [tookMs < 1_000 ? 'took less than a second' : `took ${spanWords(tookMs)}`]),
    ...(by === null ? [] : [`by ${by}`]),
  ].join(', ')
  const said: readonly (readonly [string, string])[] = [
    ['Why', step.why],
    ['Touches', step.touches],
    ['Undo', step.undo ?? ''],
    ['Weight', damages[step.damage] ?? ''],
    ['Answered', step.answered ?? ''],
    ['Next', step.next ?? ''],
  ]
  return html`<article class="step">
    <h3>${number}. ${step.title}</h3>
    <p>
      <span class="state">${stateWords[state]}</span>
      <span class="muted">${sectionWords[step.section]}. ${kindWords[step.kind]}. ${when}</span>
    </p>
    <p>${withTimeWords(sentence ?? '')}</p>
    <table class="facts">
      <tbody>
        ${[
          ...said.filter(([, value]) => value !== ''),
          ...evidence.map(({ name, value }) => [name, value] as const),
        ].map(
          ([name, value]) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td><span class="text">${withTimeWords(value)}</span></td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${twin === null ? '' : html`<pre>${twin}</pre>`}
    ${
      lines.length === 0
        ? ''
        : html`<ul>
            ${lines.map((line) => html`<li><span class="muted">${exactWords(line.at)}</span> ${severityLeads[line.severity]}${withTimeWords(line.sentence)}</li>`)}
          </ul>`
    }
  </article>`
}
