import { spanWords } from '../../../../shared/domain/size-words.ts'
import { html, type Markup } from './markup.ts'
import type { ReportDocument } from './report-document.ts'

type ReportStep = ReportDocument['steps'][number]

const words: Readonly<Record<ReportStep['state'], string>> = {
  todo: 'Not done',
  running: 'Under way',
  done: 'Done',
  failed: 'Failed',
  skipped: 'Passed over',
  unknown: 'Unknown',
  takenBack: 'Taken back',
  notNeeded: 'Not needed',
}

export function stateWords(state: ReportStep['state']): string {
  return words[state]
}

const damages = ['', 'Stops something.', 'Replaces what can be taken back.', 'Cannot be taken back.']

/** One step with everything that was kept of it. */
export function stepMarkup(step: ReportStep, number: number): Markup {
  const { state, sentence, startedAt, endedAt, tookMs, by, twin, evidence, lines } = step
  const when = [
    ...(startedAt === null ? [] : [startedAt]),
    ...(endedAt === null || endedAt === startedAt ? [] : [`to ${endedAt}`]),
    ...(tookMs === null ? [] : [`(${spanWords(tookMs)})`]),
    ...(by === null ? [] : [`by ${by}`]),
  ].join(' ')
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
      <span class="state">${words[state]}</span>
      <span class="muted">${step.kind}, ${step.section}. ${when}</span>
    </p>
    <p>${sentence ?? ''}</p>
    <table class="facts">
      <tbody>
        ${[
          ...said.filter(([, value]) => value !== ''),
          ...evidence.map(({ name, value }) => [name, value] as const),
        ].map(
          ([name, value]) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td><span class="text">${value}</span></td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${twin === null ? '' : html`<pre>${twin}</pre>`}
    ${
      lines.length === 0
        ? ''
        : html`<ul>
            ${lines.map((line) => html`<li><span class="muted">${line.at}</span> ${line.severity === 'info' ? '' : `${line.severity}: `}${line.sentence}</li>`)}
          </ul>`
    }
  </article>`
}
