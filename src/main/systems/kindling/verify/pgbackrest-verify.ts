import { printable } from '../../../../shared/domain/printable.ts'
import type { ToolVerifier, ToolWord } from '../../../ports/cluster-driver.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { commandFailed } from '../live/on-host.ts'
import { exitReason, pgBackRestCommand } from '../live/pgbackrest.ts'
import { firstHost } from './first-host.ts'

/** The whole repository is read. */
const deadlineMs = 24 * 60 * 60_000
const unread = 'Nothing was changed; the backups were not read here either.'

/** pgBackRest's own verify, also of what is compressed or encrypted in a way that is not read here. */
export function pgBackRestVerifier(config: KindlingConnection): ToolVerifier {
  return {
    tool: 'pgBackRest',
    says: [
      'pgBackRest verify runs on the first host of the connection, and reads the whole repository of the stanza there, whichever backups are chosen.',
      'It holds each file of each backup against the checksum that its manifest has, and each WAL segment against the one in its name.',
      'It does not show that PostgreSQL starts from them, or that the WAL reaches a given moment: a drill shows the one, nothing here the other.',
      'It takes the disk, the processors and the network of that host meanwhile. It changes nothing.',
      'Its word stands in the job. The verdict of a backup comes from the bytes that are read here; where it finds damage, all that was remembered is read again.',
    ],
    marks: false,
    keepsElsewhere: false,
    verify: async (session, _backups, log) => {
      const host = await firstHost(session, config)
      log('info', `Running pgbackrest verify on ${host.name}; it tells nothing before it ends.`)
      return verifyRepository(host, config, session.signal)
    },
  }
}

/** Run here with 2.45: it ends with exit status 0 whatever it found, so what it says is read, and silence proves nothing. */
export async function verifyRepository(
  host: RemoteHost,
  config: Pick<KindlingConnection, 'stanza' | 'toolUser' | 'toolConfig'>,
  signal: AbortSignal,
): Promise<ToolWord> {
  const command = pgBackRestCommand(config, host, ['verify', '--output=text', '--verbose'], deadlineMs)
  const output = await host.run(command, signal)
  if (output.code !== 0) {
    // From source (build/error.yaml): 31 where an option is not known; the command itself is unknown before 2.30 (command-invalid, 35).
    const isOld = output.code === 31 || output.code === 35
    throw commandFailed(host, 'pgbackrest verify', output, {
      why: isOld ? 'This version of pgBackRest has no verify.' : exitReason(output.code),
      unchanged: unread,
      next: isOld
        ? 'Update pgBackRest, or verify without it.'
        : 'Mend what it names, then verify again; or verify without it.',
    })
  }
  const lines = output.stdout
    .split('\n')
    .map((line) => printable(line.trim()))
    .filter((line) => line !== '')
  const status = /^\s*status: (ok|error)\s*$/m.exec(output.stdout)?.[1]
  if (status === 'ok') {
    return {
      state: 'whole',
      sentence: 'pgBackRest finds nothing wrong with its repository.',
      lines,
      next: null,
    }
  }
  if (status === undefined) {
    return {
      state: 'unknown',
      sentence: 'pgBackRest ended with success, and does not say what it found.',
      lines,
      next: 'Look at its log on that host.',
    }
  }
  const bad = lines
    .filter((line) => /status: invalid|missing: [1-9]|invalid: [1-9]|status: error/.test(line))
    .slice(1)
  return {
    state: 'bad',
    sentence:
      bad.length === 0
        ? 'pgBackRest finds its repository damaged.'
        : `pgBackRest finds its repository damaged: ${bad.slice(0, 4).join('; ')}.`,
    lines,
    next: 'Restore from a backup that it calls valid.',
  }
}
