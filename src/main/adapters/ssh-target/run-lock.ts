import { Buffer } from 'node:buffer'
import type { Clock } from '../../ports/clock.ts'
import type { LockHolder } from '../../ports/restore-target.ts'
import { judgeFrom, type ProcessIdentity } from '../files/process-identity.ts'
import { busy, holderOf, lockName, parseLock } from '../target-rules/lock-file.ts'
import { lockScript, sweepLocksScript } from './lock-scripts.ts'
import { locksScript } from './look-scripts.ts'
import { scriptEnds } from './prelude.ts'
import { saidBy, type RemoteShell } from './remote-shell.ts'

/** Often enough that a slow line is not taken for a dead one. */
const beatMs = 20_000
const patienceSeconds = 120

type HostIdentity = Omit<ProcessIdentity, 'pid' | 'startTicks'>

export interface LockWays {
  readonly shell: RemoteShell
  readonly host: HostIdentity
  readonly clock: Pick<Clock, 'now' | 'wait'>
  /** 32 hex digits, never the same twice. */
  readonly uniqueId: () => string
  /** The target and its identity, the identity of its bookkeeping. */
  readonly book: readonly [path: string, target: string, book: string]
  /** For messages. */
  readonly address: string
}

export interface HeldLock {
  /** The lock file and the process that holds it, as scripts that change something want them. */
  readonly held: readonly [file: string, pid: string]
  /** Resolves when the lock is free again. */
  release(): Promise<void>
}

/** Takes the lock by a process on the host that lives as long as this connection; throws `target.busy`. Never waits. */
export async function takeLock(ways: LockWays): Promise<HeldLock> {
  const { shell, host, clock, book } = ways
  const file = `lock-${ways.uniqueId()}`
  const mark = 'holdfast-number'
  const owner = { ...host, pid: mark, startTicks: '', since: new Date(clock.now()).toISOString() }
  const [first = '', rest = ''] = JSON.stringify(owner).split(`"${mark}"`)
  const [middle, last] = split(rest, '"startTicks":"')
  const beating = beats(clock)
  const args = [...book, String(patienceSeconds), file, first, middle, last]
  const holder = await shell.start(lockScript, args, { stdin: beating.source, isLong: true })
  const shown = await shownBy(holder.stdout)
  const release = async (): Promise<void> => {
    beating.stop()
    await shown.ended
    await holder.ended
  }
  try {
    const pid = shown.fields.at(-1)
    if (shown.fields.at(-2) !== 'held' || pid === undefined) {
      beating.stop()
      await shown.ended
      const end = await holder.ended
      // Another run took the lock meanwhile and swept the unfinished file.
      if (end.code === scriptEnds.missing) throw busy(ways.address, null)
      shell.check(end)
      throw saidBy(end.stderr, ways.address)
    }
    const { holder: other, dead } = judgeAll(shown.fields.slice(0, -2), ways, file)
    if (other !== null) throw busy(ways.address, other)
    if ((await shell.ask(sweepLocksScript, [...book, ...dead])) === null) throw busy(ways.address, null)
    return { held: [file, pid], release }
  } catch (error) {
    await release().catch(() => undefined)
    throw error
  }
}

/** Who holds the lock now. */
export async function findHolder(
  ways: Pick<LockWays, 'shell' | 'host' | 'book'>,
): Promise<LockHolder | null> {
  return judgeAll((await ways.shell.ask(locksScript, ways.book)) ?? [], ways, null).holder
}

interface Judged {
  readonly holder: ReturnType<typeof holderOf> | null
  /** Files of runs that have died. */
  readonly dead: readonly string[]
}

/** Fields of `show_locks`: the word `lock`, the file, its content, what kill -0 said, the line of /proc/PID/stat. */
function judgeAll(
  fields: readonly string[],
  { host, book }: Pick<LockWays, 'host' | 'book'>,
  own: string | null,
): Judged {
  const dead: string[] = []
  for (let at = 0; at < fields.length; at += 5) {
    const [, file = '', text = '', killSaid = '', statLine = ''] = fields.slice(at, at + 5)
    if (!lockName.test(file) || file === own) continue
    const owner = parseLock(Buffer.from(text))
    const state =
      owner === null
        ? 'unknown'
        : judgeFrom(host, owner, () => ({
            exists: !killSaid.includes('No such process'),
            statLine: statLine === '' ? null : statLine,
          }))
    if (state !== 'dead') return { holder: holderOf(owner, `${book[0]}/.holdfast/${file}`), dead }
    dead.push(file)
  }
  return { holder: null, dead }
}

/** A sign of life at once and then every few seconds; ends when it is stopped. */
function beats(clock: Pick<Clock, 'wait'>): {
  readonly source: AsyncIterable<Uint8Array>
  readonly stop: () => void
} {
  const stopping = new AbortController()
  return {
    stop: () => stopping.abort(),
    source: (async function* () {
      while (!stopping.signal.aborted) {
        yield Buffer.from('.')
        await clock.wait(beatMs, stopping.signal).catch(() => undefined)
      }
    })(),
  }
}

/** What the holder says until it holds the lock, or fails; from then on it is silent until it ends. */
async function shownBy(
  output: AsyncIterable<Uint8Array>,
): Promise<{ readonly fields: readonly string[]; readonly ended: Promise<void> }> {
  const pieces = output[Symbol.asyncIterator]()
  let text = Buffer.alloc(0)
  let isOver = false
  while (!isOver && !/(^|\0)(failed|held\0\d+)\0$/.test(text.toString('latin1').slice(-40))) {
    const next = await pieces.next()
    if (next.done === true) isOver = true
    else text = Buffer.concat([text, next.value])
  }
  const drain = async (): Promise<void> => {
    while (!isOver) isOver = (await pieces.next()).done === true
  }
  const ended = drain()
  // Whoever waits for it hears of a failure; nobody has to.
  ended.catch(() => undefined)
  return { fields: text.toString('utf8').split('\0').slice(0, -1), ended }
}

function split(text: string, after: string): readonly [string, string] {
  const at = text.indexOf(after) + after.length
  return [text.slice(0, at), text.slice(at)]
}
