import type { Page } from 'playwright/test'
import { passphrase } from '../desk.ts'
import { expect, test, type Holdfast } from '../holdfast.ts'
import { answerStep, closeRun, signSheet } from './answer.ts'
import { begin } from './begin.ts'
import type { Death, Errand, StepAnswer } from './errand.ts'
import { command, tabTo } from './keyboard.ts'
import { atRest, type Screen, type StepAtHand } from './screen.ts'

/** Somebody at the keyboard, who reads what things are called and does what is offered. */
export interface Operator {
  /** Starts the console, with the vault open where it is sealed. */
  sitDown(vault?: 'sealed' | 'none'): Promise<void>
  /** From the questions to the closed run; gives the titles of the steps that were answered. */
  recover(errand: Errand): Promise<readonly string[]>
  /** Leaves the console for something, and finds the run again. */
  whileAway(cluster: string, work: () => Promise<unknown>): Promise<void>
}

/** No runbook asks more often. */
const mostSteps = 90

export function operatorAt(page: Page, holdfast: Holdfast): Operator {
  let isSealed = false
  const sitDown = async (): Promise<void> => {
    await holdfast.start(page)
    if (!isSealed) return
    await command(page, 'unlock', 'Unlock the vault…')
    const dialog = page.getByRole('dialog', { name: 'The vault is locked' })
    await tabTo(page, dialog.getByLabel('Passphrase'))
    await page.keyboard.insertText(passphrase)
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
  }
  const comeBack = async (cluster: string): Promise<void> => {
    await sitDown()
    await command(page, 'go on', `Go on with the recovery of ${cluster}`)
  }
  /** It is shown as unknown, and looked at before anything else. */
  const dieDuring = async (
    step: StepAtHand,
    { underWay, meanwhile }: Death,
    cluster: string,
  ): Promise<Screen> => {
    await answerStep(page, step, {})
    await underWay()
    await holdfast.kill()
    await meanwhile()
    await comeBack(cluster)
    const found = await atRest(page)
    const seen = found.kind === 'step' ? found.step : null
    expect(seen).toMatchObject({ title: step.title, offer: 'Look what came of it' })
    expect(seen?.standing).toContain('nobody knows what came of it: look')
    return found
  }
  const goThrough = async ({ cluster, steps = {}, death }: Errand): Promise<readonly string[]> => {
    const titles: string[] = []
    const begun = new Set<string>()
    let screen = await atRest(page)
    let isAlive = death === undefined
    while (screen.kind !== 'behind') {
      if (titles.length > mostSteps) throw new Error(`It comes to no end: ${titles.slice(-5).join(', ')}.`)
      if (screen.kind === 'sheet') {
        await signSheet(page, cluster)
        screen = await atRest(page, screen)
        continue
      }
      const { step } = screen
      if (!isAlive && death !== undefined && step.title.startsWith(death.during)) {
        isAlive = true
        screen = await dieDuring(step, death, cluster)
        continue
      }
      const [name = '', answer = {}] = answerOf(steps, step.title)
      if (!begun.has(name)) {
        await answer.first?.()
        begun.add(name)
      }
      titles.push(step.title)
      await answerStep(page, step, answer)
      screen = await atRest(page, screen)
    }
    expect(isAlive, 'the console has died once').toBe(true)
    const unused = Object.keys(steps).filter((name) => !titles.some((title) => title.startsWith(name)))
    expect(unused, 'steps that never asked').toEqual([])
    return titles
  }
  return {
    async sitDown(vault = 'sealed') {
      isSealed = vault === 'sealed'
      await sitDown()
    },
    async recover(errand) {
      return test.step(`${errand.runbook} for ${errand.cluster}`, async () => {
        await begin(page, errand)
        const titles = await goThrough(errand)
        await closeRun(page)
        return titles
      })
    },
    async whileAway(cluster, work) {
      await holdfast.stop()
      await work()
      await comeBack(cluster)
    },
  }
}

function answerOf(
  steps: Readonly<Record<string, StepAnswer>>,
  title: string,
): readonly [string, StepAnswer] | readonly [] {
  return Object.entries(steps).find(([name]) => title.startsWith(name)) ?? []
}
