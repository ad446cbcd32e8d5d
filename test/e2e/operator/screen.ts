import type { Page } from 'playwright/test'
import { expect } from '../holdfast.ts'

/** The step at hand as a screen reader tells it. */
export interface StepAtHand {
  readonly title: string
  /** The one thing that is offered; null while it goes on by itself. */
  readonly offer: string | null
  /** Why it is not simply gone on with: "Failed. …", "Not yet. …". */
  readonly standing: string
  /** All of it, for a message. */
  readonly text: string
}

export type Screen =
  | { readonly kind: 'step'; readonly step: StepAtHand }
  | { readonly kind: 'sheet' }
  | { readonly kind: 'behind' }

/** What a person goes on with a step by. */
const offers = [
  'Do this step',
  'Do this step again',
  'Choose this',
  'Confirm…',
  'Done by hand',
  'Look',
  'Look again',
  'Look what came of it',
  'Wait for it',
  'Wait again',
  'Try again',
]

/** What a look goes on to by itself. */
const ownWay = new Set(['Look', 'Wait for it'])

/** What the run shows, by roles and names alone; null while it moves. */
async function read(page: Page): Promise<Screen | null> {
  const text = await page.getByRole('main').ariaSnapshot()
  const named = namelessIn(text)
  expect(named, 'what has no name for who cannot see it').toEqual([])
  const step = stepIn(text)
  if (step?.offer === null) return null
  if (/- button "Sign the sheet…"/.test(text)) return { kind: 'sheet' }
  if (step !== null)
    return ownWay.has(step.offer ?? '') && step.standing === '' ? null : { kind: 'step', step }
  return /- region "Steps"/.test(text) && !/Loading/.test(text) ? { kind: 'behind' } : null
}

/** Controls that nobody could ask for by what they are called. */
export function namelessIn(snapshot: string): readonly string[] {
  return snapshot
    .split('\n')
    .filter((line) => /^\s*- (button|textbox|combobox|radio|checkbox|switch|link)(?! ")/.test(line))
}

function stepIn(snapshot: string): StepAtHand | null {
  const lines = snapshot.split('\n')
  const start = lines.findIndex((line) => /^\s*- '?group "Step \d+: /.test(line))
  const [first] = lines.slice(start)
  if (start === -1 || first === undefined) return null
  const depth = first.search(/\S/)
  const end = lines.findIndex((line, place) => place > start && line.search(/\S/) <= depth)
  const inside = lines.slice(start + 1, end === -1 ? undefined : end)
  const title = /group "Step \d+: (.*?)"'?(?: \[|:|$)/.exec(first)?.[1] ?? first
  const buttons = inside.flatMap((line) => {
    const [, name = '', off] = /^\s*- '?button "(.*?)"( \[disabled\])?/.exec(line) ?? []
    return offers.includes(name) ? [{ name, isOff: off !== undefined }] : []
  })
  expect(buttons.length, `“${title}” offers one thing at a time`).toBeLessThan(2)
  const [button] = buttons
  // "Done by hand" waits for what is asked for.
  const offer = button === undefined || (button.isOff && button.name !== 'Done by hand') ? null : button.name
  const text = inside.map((line) => line.trim()).join('\n')
  const standing =
    /(Failed|Not yet|Taken back|nobody knows what came of it: look)\.[^\n]*(\n- paragraph.*)?/.exec(
      text,
    )?.[0] ?? ''
  return { title, offer, standing, text }
}

/** What the run shows once nothing of it goes on by itself. */
export async function atRest(page: Page, before: Screen | null = null): Promise<Screen> {
  let seen: Screen | null = null
  let calm = 0
  await expect(async () => {
    const now = await read(page)
    expect(now, 'the run goes on by itself').not.toBeNull()
    expect(keyOf(now), 'nothing came of the key that was pressed').not.toBe(keyOf(before))
    calm = keyOf(now) === keyOf(seen) ? calm + 1 : 0
    seen = now
    // Rows of the sheet are looked at one after another, whatever came of the one before.
    if (now?.kind === 'step' && now.step.standing !== '')
      expect(calm, 'the next row may follow').toBeGreaterThan(4)
  }).toPass({ intervals: [50, 100], timeout: 120_000 })
  if (seen === null) throw new Error('the run never comes to rest')
  return seen
}

function keyOf(screen: Screen | null): string {
  if (screen === null) return 'none'
  return screen.kind === 'step'
    ? `${screen.step.title} ${screen.step.offer} ${screen.step.standing}`
    : screen.kind
}
