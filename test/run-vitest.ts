import { relative } from 'node:path'
import { startVitest, type TestModule, type Vitest } from 'vitest/node'

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** More of them than this are no accident: they are not tried again. */
const mostTriedAgain = 3

/**
 * The suite of units, conformance and real servers. `files`: names that narrow it down.
 * A file whose process the runtime itself ended (vitest only tells which), and one that failed beside real servers, is run once more,
 * by itself, and named: two slow cores are shared with all of them. What fails twice has failed.
 */
export async function runVitest(
  files: readonly string[],
): Promise<{ readonly isGood: boolean; readonly counts: Counts }> {
  const first = await runOnce(files)
  const again = first.modules.filter(({ isGood, mayRepeat }) => !isGood && mayRepeat).map(({ name }) => name)
  if (first.isGood || again.length === 0 || again.length > mostTriedAgain) {
    return { isGood: first.isGood, counts: sum(first.modules) }
  }
  console.log(`Once more: ${again.join(', ')}`)
  const second = await runOnce(again)
  const stay = first.modules.filter(({ name }) => !again.includes(name))
  const isGood = first.strangeErrors === 0 && stay.every((module) => module.isGood) && second.isGood
  if (isGood) console.log(`Passed only when tried again: ${again.join(', ')}`)
  return { isGood, counts: sum([...stay, ...second.modules]) }
}

interface ModuleRun extends Counts {
  readonly name: string
  readonly isGood: boolean
  readonly mayRepeat: boolean
}

interface SuiteRun {
  readonly isGood: boolean
  readonly modules: readonly ModuleRun[]
  /** Errors outside of any test that are no end of a process. */
  readonly strangeErrors: number
}

async function runOnce(files: readonly string[]): Promise<SuiteRun> {
  const vitest = await startVitest([...files], { watch: false, reporters: ['default'] })
  const modules = vitest.state.getTestModules()
  const errors = vitest.state.getUnhandledErrors()
  const crashed = crashedFiles(errors)
  const runs = modules.map((module) => runOf(module, crashed, vitest))
  await vitest.close()
  // It is this program's own to say how all of it ended.
  process.exitCode = 0
  return {
    isGood: modules.length > 0 && errors.length === 0 && runs.every(({ isGood }) => isGood),
    modules: runs,
    strangeErrors: errors.length - crashed.length,
  }
}

/** Vitest has no field for it: the words are those of its `emitUnexpectedExit`. */
function crashedFiles(errors: readonly unknown[]): readonly string[] {
  return errors.flatMap((error) => {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    const file =
      cause instanceof Error ? /Worker exited .*signal SIG.* test file (\S+)$/.exec(cause.message)?.[1] : null
    return file === undefined || file === null ? [] : [file]
  })
}

function runOf(module: TestModule, crashed: readonly string[], { config }: Vitest): ModuleRun {
  const name = relative(config.root, module.moduleId)
  const count = (state: 'passed' | 'failed' | 'skipped' | 'pending'): number =>
    [...module.children.allTests(state)].length
  const hasCrashed = crashed.includes(module.moduleId)
  return {
    name,
    isGood: !hasCrashed && (module.state() === 'passed' || module.state() === 'skipped'),
    mayRepeat: hasCrashed || name.startsWith('test/integration/'),
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped') + count('pending'),
  }
}

function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (one, other) => ({
      passed: one.passed + other.passed,
      failed: one.failed + other.failed,
      skipped: one.skipped + other.skipped,
    }),
    nothing,
  )
}

export const nothing: Counts = { passed: 0, failed: 0, skipped: 0 }
