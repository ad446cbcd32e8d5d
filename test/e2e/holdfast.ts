import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test as base, type Page } from 'playwright/test'

/** One Holdfast of a test: its own folder for everything, its own process, its own browser window. */
export interface Holdfast {
  /** Holds whatever the test makes; removed after it. */
  readonly dir: string
  /** The home of the account that runs it. */
  readonly home: string
  /** Where this Holdfast keeps its state. */
  readonly stateFolder: string
  /** Everything that the process said, to look for what it must not say. */
  readonly said: () => string
  /** Starts `holdfast <args>`, which has to serve a window, and opens it in the page. */
  start(page: Page, args?: readonly string[], startedBy?: readonly string[]): Promise<void>
  /** A second process on the same state, while the first one runs. */
  startBeside(page: Page): Promise<void>
  /** The window on an empty installation; by another program, where one is named with its arguments. */
  startEmpty(page: Page, startedBy?: readonly string[]): Promise<void>
  /** The window on the demonstration's fleet. */
  startDemonstration(page: Page): Promise<void>
  /** Ends the process as an operator does; gives its exit status. */
  stop(): Promise<number | null>
  /** Ends it as a power cut does. */
  kill(): Promise<void>
}

const node = join(import.meta.dirname, '../../node_modules/.bin/node')
const cli = join(import.meta.dirname, '../../out/main/cli.js')

/** Violations of the page's policy and errors that nobody caught fail a test. */
export const test = base.extend<{ holdfast: Holdfast; watched: string[] }>({
  watched: async ({ page }, use) => {
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(`page error: ${error.message}`))
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/i.test(message.text())) faults.push(message.text())
    })
    await use(faults)
    expect(faults, 'errors and policy violations of the page').toEqual([])
  },
  holdfast: async ({ watched }, use) => {
    // Asked for, so that every test that starts a Holdfast is watched.
    expect(watched).toEqual([])
    const base = await mkdtemp(join(tmpdir(), 'holdfast-e2e-'))
    // A demonstration is made only in a folder of its own.
    const dir = join(base, 'files')
    const home = join(base, 'home')
    await mkdir(dir)
    const stateFolder = join(dir, 'desk')
    let child: ChildProcess | null = null
    const beside: ChildProcess[] = []
    let text = ''
    const ended = async (signal: NodeJS.Signals): Promise<number | null> => {
      const running = child
      child = null
      if (running === null || running.exitCode !== null) return running?.exitCode ?? null
      const exit = once(running, 'exit')
      running.kill(signal)
      const [code] = await exit
      return typeof code === 'number' ? code : null
    }
    const open = async (
      page: Page,
      args: readonly string[],
      started: (child: ChildProcess) => void,
      startedBy: readonly string[] = [],
    ): Promise<void> => {
      await mkdir(home, { recursive: true })
      const [program, ...before] = [...startedBy, node, cli] as const
      const spawned = spawn(program, [...before, ...args, '--no-open'], {
        stdio: ['ignore', 'pipe', 'pipe'],
        // Nothing of this machine's own settings and keychains.
        env: {
          PATH: process.env['PATH'],
          HOME: home,
          TMPDIR: base,
          HOLDFAST_STATE_DIR: stateFolder,
        },
      })
      started(spawned)
      spawned.stderr.on('data', (data: Buffer) => (text += data.toString()))
      const path = await new Promise<string>((resolve, reject) => {
        createInterface({ input: spawned.stdout }).on('line', (line) => {
          text += `${line}\n`
          const found = /: (\/\S+\.html)$/.exec(line)?.[1]
          if (found !== undefined) resolve(found)
        })
        spawned.once('exit', (code) => reject(new Error(`holdfast ended with ${code}:\n${text}`)))
      })
      await page.goto(`file://${path}`)
      await expect(page.getByRole('main')).toBeVisible()
    }
    const start: Holdfast['start'] = async (page, args = ['serve'], startedBy) => {
      await ended('SIGINT')
      await open(page, args, (started) => (child = started), startedBy)
    }
    await use({
      dir,
      home,
      stateFolder,
      said: () => text,
      start,
      startBeside: async (page) => open(page, ['serve'], (started) => beside.push(started)),
      startEmpty: async (page, startedBy) => start(page, ['serve'], startedBy),
      startDemonstration: async (page) => {
        await start(page, ['demo', '--window', '--dir', dir])
        // The fleet is there: a key pressed before it would lead nowhere.
        await expect(page.getByText('Damaged object.').first()).toBeVisible()
      },
      stop: async () => ended('SIGINT'),
      kill: async () => void (await ended('SIGKILL')),
    })
    await ended('SIGKILL')
    for (const each of beside) each.kill('SIGKILL')
    await rm(base, { recursive: true, force: true })
  },
})

export { expect }
