import * as z from 'zod'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { countOf } from '../../../../shared/domain/size-words.ts'
import { jsonOrNull } from '../../../../shared/domain/strict-json.ts'
import type { ToolVerifier, ToolWord } from '../../../ports/cluster-driver.ts'
import type { CommandOutput, RemoteHost } from '../../../ports/remote-host.ts'
import type { ListedBackup } from '../live/backup-tool.ts'
import { barman, barmanCommand, reasonOf } from '../live/barman.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { commandFailed, endWords } from '../live/on-host.ts'
import { firstHost } from './first-host.ts'

const checkDeadlineMs = 10 * 60_000
const verifyDeadlineMs = 24 * 60 * 60_000

/** Barman's check-backup and verify-backup of what it keeps: nothing of it lies in a repository that is read here. */
export function barmanVerifier(config: KindlingConnection): ToolVerifier {
  return {
    tool: 'Barman',
    says: [
      'barman check-backup and verify-backup run on the first host of the connection, for each backup that Barman lists, or for its newest one.',
      'check-backup says whether the WAL between the beginning and the end of a backup has arrived, and writes that into Barman’s own list: done, waiting for WAL, or failed, as Barman’s own cron does. One that failed stays failed.',
      'verify-backup has pg_verifybackup read each file and hold it against the manifest that PostgreSQL made while it was copied. It needs that manifest, which a copy by rsync does not have, and pg_verifybackup on that host.',
      'Neither holds the WAL after the end of a backup against anything, nor shows that PostgreSQL starts from it.',
      'It takes the disk and the processors of that host meanwhile.',
      'Its word stands in the job, and is no verdict here: what Barman keeps is read by Barman alone.',
    ],
    marks: true,
    keepsElsewhere: true,
    verify: async (session, backups, log) => {
      const { signal } = session
      const host = await firstHost(session, config)
      const tool = barman(config)
      const chosen = choose((await tool.look(host, signal)).backups, backups)
      if (chosen.length === 0) {
        return {
          state: 'bad',
          sentence: 'Barman lists no backup to verify: nothing could be restored from it.',
          lines: [],
          next: 'Take a full one.',
        }
      }
      const asked: Asked = { host, config, signal }
      // One that failed is checked no more (run here: 3.4.0 ends with 1): it stays failed.
      for (const { id } of chosen.filter(({ status }) => status !== 'FAILED')) {
        log('info', `Running barman check-backup of ${id} on ${host.name}.`)
        await checkBackup(id, asked)
      }
      // What check-backup found stands in the list alone: from source (backup.py), it says nothing and ends with 0.
      const after = (await tool.look(host, signal)).backups
      const words: BackupWord[] = []
      for (const { id } of chosen) {
        const now = after.find((each) => each.id === id)
        if (now === undefined) words.push({ id, state: 'bad', why: 'Barman does not list it any more.' })
        else if (now.flaw !== null) {
          words.push({ id, state: now.status === 'FAILED' ? 'bad' : 'unknown', why: now.flaw })
        } else {
          log('info', `Running barman verify-backup of ${id} on ${host.name}.`)
          words.push(await verifyBackup(id, asked))
        }
      }
      return summed(words)
    },
  }
}

interface Asked {
  readonly host: RemoteHost
  readonly config: KindlingConnection
  readonly signal: AbortSignal
}

interface BackupWord {
  readonly id: string
  readonly state: ToolWord['state']
  readonly why: string
}

/** `newest`: of those that are done. Throws `backup.notFound` for one that Barman does not list. */
function choose(
  listed: readonly ListedBackup[],
  wanted: readonly string[] | 'newest' | null,
): readonly ListedBackup[] {
  if (wanted === 'newest') return listed.filter(({ isUsable }) => isUsable).slice(0, 1)
  if (wanted === null) return listed
  return wanted.map((id) => {
    const found = listed.find((each) => each.id === id)
    if (found !== undefined) return found
    throw new HoldfastError('backup.notFound', {
      what: `Barman lists no backup ${id}.`,
      unchanged: 'Nothing was begun.',
      next: 'Verify all of them, or the newest one.',
    })
  })
}

async function checkBackup(id: string, { host, config, signal }: Asked): Promise<void> {
  const args = ['check-backup', config.stanza, id]
  const output = await host.run(barmanCommand(config, host, args, checkDeadlineMs), signal)
  if (output.code !== 0) throw notRun('barman check-backup', host, output)
}

/** From source (backup.py): 1 with an error for each of these. Run here with 3.4.0 and pg_verifybackup of PostgreSQL 15. */
async function verifyBackup(id: string, { host, config, signal }: Asked): Promise<BackupWord> {
  const args = ['verify-backup', config.stanza, id]
  const output = await host.run(barmanCommand(config, host, args, verifyDeadlineMs), signal)
  const { _INFO: infos, _ERROR: errors } = messages.parse(jsonOrNull(output.stdout) ?? {})
  if (output.code === 0 && errors.length === 0) {
    return infos.some((line) => line.includes('successfully verified'))
      ? { id, state: 'whole', why: 'Every file is what the manifest says.' }
      : { id, state: 'unknown', why: 'Barman ended with success, and does not say that it was verified.' }
  }
  const said = printable(errors.join(' ').replace(/\s+/g, ' ')).slice(0, 600)
  if (/pg_verifybackup not found/.test(said)) {
    return {
      id,
      state: 'unknown',
      why: 'There is no pg_verifybackup on that host, or not where Barman looks.',
    }
  }
  if (/backup_manifest/.test(said) && /No such file/.test(said)) {
    return {
      id,
      state: 'unknown',
      why: 'It has no manifest of PostgreSQL. barman generate-manifest makes one of the files as they are now, which shows only what changes later.',
    }
  }
  if (!said.includes('verify backup failure')) throw notRun('barman verify-backup', host, output)
  return { id, state: 'bad', why: said }
}

const texts = z.array(z.string()).default([])
const messages = z.object({ _INFO: texts, _ERROR: texts }).catch({ _INFO: [], _ERROR: [] })

function notRun(program: string, host: RemoteHost, output: CommandOutput): HoldfastError {
  const { why, next } = reasonOf(output)
  return commandFailed(host, program, output, {
    why: why ?? `It ended with ${endWords(output)}.`,
    unchanged: 'No backup was changed, and none was read here either.',
    next,
  })
}

function summed(words: readonly BackupWord[]): ToolWord {
  const of = (state: BackupWord['state']): readonly BackupWord[] =>
    words.filter((word) => word.state === state)
  const lines = words.map(({ id, why }) => `${id}: ${why}`)
  const [bad, unknown] = [of('bad'), of('unknown')]
  const whole = `${of('whole').length} of ${countOf(words.length, 'backup')} of Barman verified whole`
  if (bad.length > 0) {
    return {
      state: 'bad',
      sentence: `Barman finds ${countOf(bad.length, 'backup')} damaged: ${bad.map(({ id }) => id).join(', ')}.`,
      lines,
      next: 'Restore from one that it verifies, and take a full one now.',
    }
  }
  if (unknown.length > 0) {
    return {
      state: 'unknown',
      sentence: `${whole}; of the others it cannot tell.`,
      lines,
      next: 'See why, of each.',
    }
  }
  return { state: 'whole', sentence: `${whole}.`, lines, next: null }
}
