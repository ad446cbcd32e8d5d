import type { Run, Step } from '../../../shared/contract/runbooks.ts'
import { commandLine } from '../../../shared/domain/command-line.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { createProgressLine } from '../progress-line.ts'
import type { Client } from '../with-desk.ts'

/** Tells what happens in a run on stderr until it needs a person, and gives back how it stands then. */
export async function followRun(
  id: string,
  client: Client,
  { ports, output, signal }: CommandContext,
  after = -1,
): Promise<Run> {
  const progress = createProgressLine(ports.stderr, ports.clock)
  const toldLines = new Map<string, number>()
  const toldStates = new Map<string, string>()
  const stop = (): void => void stopLooking(id, client).catch(() => undefined)
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const run of await client.runbooks.watch({ id })) {
      for (const step of run.list) {
        for (const { severity, sentence } of step.lines.slice(toldLines.get(step.id) ?? 0)) {
          progress.end()
          output.note(`  ${severity}: ${sentence}`)
        }
        toldLines.set(step.id, step.lines.length)
        if (toldStates.get(step.id) !== step.state && step.state === 'running') {
          progress.end()
          output.note(`${step.title} …`)
        }
        toldStates.set(step.id, step.state)
        if (step.state === 'running' && step.doneBytes !== null) {
          progress.listener({ phase: step.title, doneBytes: step.doneBytes, totalBytes: step.totalBytes })
        }
      }
      if (run.lastEvent > after && isAtRest(run)) return run
      // It was interrupted before it was listened to, or one step has followed another.
      if (signal.aborted) stop()
    }
  } finally {
    progress.end()
    signal.removeEventListener('abort', stop)
  }
  return client.runbooks.get({ id })
}

/** An action that is under way is left to its end: nobody knows what half of it would be. */
async function stopLooking(id: string, client: Client): Promise<void> {
  const run = await client.runbooks.get({ id })
  const running = run.list.find(({ state }) => state === 'running')
  if (running === undefined) return
  await client.runbooks.proceed({ id, step: running.id, answer: { kind: 'stop' } })
}

/** Steps that only look follow by themselves: a run rests where another kind is next, or one of them has ended without success. */
function isAtRest(run: Run): boolean {
  if (run.list.some(({ state }) => state === 'running')) return false
  const step = run.list.find(({ id }) => id === run.current)
  if (step === undefined || run.state !== 'open') return true
  const isToCome = run.list.some(
    (row) => row.section === 'accept' && row.kind === 'check' && row.state === 'todo' && row.endedAt === null,
  )
  if (step.section === 'accept' && step.kind === 'check' && isToCome) return false
  return (step.kind !== 'check' && step.kind !== 'wait') || step.endedAt !== null
}

const marks: Readonly<Record<Step['state'], string>> = {
  todo: '○',
  running: '◐',
  done: '✔',
  failed: '✘',
  skipped: '→',
  unknown: '?',
  takenBack: '↶',
  notNeeded: '–',
}

/** Where a run stands, and what it needs next, with the command for it. */
export async function printRun(run: Run, client: Client, { output }: CommandContext): Promise<void> {
  const asking = run.current === null ? null : await client.runbooks.ask({ id: run.id, step: run.current })
  output.document({ run, asking })
  output.line(`${output.style('bold', `${run.scenario} ${run.title}`)}  ${run.cluster}  ${run.id}`)
  for (const step of run.list) {
    output.line(`  ${marks[step.state]} ${step.title}${step.sentence === null ? '' : `: ${step.sentence}`}`)
    if (step.next !== null && step.state !== 'done') output.line(`      ${step.next}`)
  }
  const { green, excepted, all, signedAt } = run.acceptance
  if (all > 0 && signedAt === null) {
    output.line(`Not open to users yet: ${green + excepted} of ${all} rows of the acceptance sheet.`)
  }
  if (run.rpo !== null) output.line(`Lost: ${run.rpo.sentence}`)
  const step = run.list.find(({ id }) => id === run.current)
  if (run.closed !== null) output.line(`Closed: ${run.closed.outcome} ${run.closed.reason}`.trimEnd())
  else if (!run.isOurs) {
    output.line(`${run.holder} holds this run.`)
    output.line(`Next: ${commandLine(['holdfast', 'runbook', 'take-over', run.id])}`)
  } else if (step === undefined) {
    const way =
      all > 0 && signedAt === null ? ['accept', run.id, '--confirm', run.cluster] : ['close', run.id]
    output.line(`Next: ${commandLine(['holdfast', 'runbook', ...way])}`)
  } else printStep(step, run, asking, output)
}

function printStep(
  step: Step,
  run: Run,
  asking: Awaited<ReturnType<Client['runbooks']['ask']>>,
  output: CommandContext['output'],
): void {
  output.line()
  output.line(output.style('bold', step.title))
  output.line(`  ${step.why}`)
  if (step.touches !== '') output.line(`  Touches: ${step.touches}`)
  if (step.undo !== null) output.line(`  Undo: ${step.undo}`)
  for (const line of step.does) output.line(`  ${line}`)
  if (step.twin !== null) output.line(`  The same by hand: ${step.twin}`)
  if (asking?.kind === 'choice') {
    for (const { id, label, says, notPossible, advised } of asking.options) {
      output.line(`  ${id}${advised ? ' (advised)' : ''}: ${label}`)
      for (const line of notPossible === null ? says : [`Not possible: ${notPossible}`])
        output.line(`      ${line}`)
    }
  }
  if (asking?.kind === 'confirm') for (const line of asking.says) output.line(`  ${line}`)
  if (asking?.kind === 'failed') output.line(`  ${asking.failure.what}`)
  if (step.unknownHost !== null) {
    const { address, fingerprint } = step.unknownHost
    output.line(`  ${address} has shown the key ${fingerprint}. Compare it with the host’s own first.`)
  }
  const way = (answer: readonly string[]): string =>
    commandLine(['holdfast', 'runbook', 'continue', run.id, ...answer])
  output.line(`Next: ${way(answerFor(step, run))}`)
  for (const { words, flags } of otherWays(step)) output.line(`${words}: ${way(flags)}`)
}

interface OtherWay {
  readonly words: string
  readonly flags: readonly string[]
}

/** Of a step that has ended, and not well. */
function otherWays({ state, endedAt, canSkip, canTakeBack }: Step): readonly OtherWay[] {
  if (endedAt === null || state === 'done' || state === 'takenBack') return []
  return [
    ...(canTakeBack ? [{ words: 'Or take it back', flags: ['--take-back'] }] : []),
    ...(canSkip ? [{ words: 'Or go past it, with the reason', flags: ['--skip', 'REASON'] }] : []),
  ]
}

function answerFor(step: Step, run: Run): readonly string[] {
  if (step.unknownHost !== null) return ['--host-key', step.unknownHost.fingerprint]
  switch (step.kind) {
    case 'choice':
      return ['--choose', 'OPTION']
    case 'confirm':
      return ['--confirm', run.cluster]
    case 'manual':
      return ['--did', step.asks ?? 'NOTE']
    case 'check':
    case 'wait':
    case 'action':
      return []
  }
}

/** A step that failed, or of which nobody knows, is a finding; one that waits for an answer is none. */
export function statusOfRun(run: Run): ExitStatus {
  const step = run.list.find(({ id }) => id === run.current)
  if (step?.state === 'failed' || step?.state === 'unknown') return exitStatus.findings
  return (step?.kind === 'check' || step?.kind === 'wait') && step.endedAt !== null
    ? exitStatus.findings
    : exitStatus.ok
}
