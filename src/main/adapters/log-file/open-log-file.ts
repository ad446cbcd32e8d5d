import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Random } from '../../ports/random.ts'
import { describeError } from './describe-error.ts'
import { isSecretName, withheld } from '../redaction/spellings.ts'
import { createRedactor } from './redactor.ts'

const maxFileBytes = 5_000_000

/** Letters and digits that are not taken for one another. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz023456789'

/**
 * The log in `<stateFolder>/log`: one JSON value a line in `holdfast.log`, which becomes `holdfast.1.log` when it has
 * grown to 5 MB. Lines are written at once, so that what led to a crash is there after it. Never throws: a log that
 * cannot be written must not stop what it tells of.
 */
export function openLogFile(
  stateFolder: string,
  { clock, random }: { readonly clock: Pick<Clock, 'now'>; readonly random: Random },
): Log {
  const folder = join(stateFolder, 'log')
  const redactor = createRedactor()
  const redact = (text: string): string => redactor.redact(text)

  function write(value: Readonly<Record<string, unknown>>): void {
    try {
      const at = new Date(clock.now()).toISOString()
      append(folder, `${JSON.stringify({ at, pid: process.pid, ...value })}\n`)
    } catch {
      // There is nowhere left to say it.
    }
  }

  return {
    info(event, facts = {}) {
      const safe = Object.entries(facts).map(([name, value]): [string, unknown] => {
        if (isSecretName(name)) return [redact(name), withheld]
        return [redact(name), typeof value === 'string' ? redact(value) : value]
      })
      write({ event: redact(event), facts: Object.fromEntries(safe) })
    },
    incident(event, error) {
      const id = Array.from(random.bytes(8), (byte) => alphabet[byte % alphabet.length]).join('')
      write({ event: redact(event), incident: id, error: describeError(error, redact) })
      return id
    },
    neverWrite: (secret) => redactor.neverWrite(secret),
  }
}

function append(folder: string, line: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'holdfast.log')
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW
  const handle = openSync(file, flags | constants.O_NONBLOCK, 0o600)
  try {
    const stat = fstatSync(handle)
    if (!stat.isFile()) return
    writeSync(handle, line)
    if (stat.size + line.length < maxFileBytes) return
    // Another process may have done it meanwhile.
    if (lstatSync(file).ino === stat.ino) renameSync(file, join(folder, 'holdfast.1.log'))
  } finally {
    closeSync(handle)
  }
}
