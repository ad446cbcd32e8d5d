import { printable } from '../../../../shared/domain/printable.ts'
import { bytesWords, countOf } from '../../../../shared/domain/size-words.ts'
import { chooseBackup, chosenBackup, isBeforeFailure } from '../../../engine/runbook/choose-backup.ts'
import { done, failed, knownAs, notYet, whereFailing } from '../../../engine/runbook/outcomes.ts'
import { action, check, confirm, manual } from '../../../engine/runbook/steps.ts'
import { whatIsLost } from '../../../engine/runbook/restore-into.ts'
import type { RestorePoint } from '../../../ports/recovery.ts'
import type { Known, Outcome, RunbookSetting, Step, StepContext } from '../../../ports/runbook.ts'
import { readRestoreSources } from '../restore-sources.ts'
import type { ArmadaConnection } from '../live/connection.ts'
import { quotedSome } from '../live/probes.ts'
import { demandKnownFormat, findRestoreServer } from '../live/restore-server.ts'
import { saveTables } from '../live/safety-backup.ts'
import { writesSeen } from '../live/writes-seen.ts'
import { lookAtTables, putTables } from './put-tables.ts'
import { chosenSources, reportOf, tablesOf } from './site.ts'

const files = 'files'
const safety = 'safety'
/** Tables of the backup that did not stand there before. */
const notThere = 'safety.notThere'

const largest = 'files.largest'
/** When all tables were seen to be their files, milliseconds. */
export const replacedMs = 'tables.replacedMs'

/** Names that `saveTables` gives: what a roll-back goes back to. */
export const isSafetyBackup = /-before-restore$/

/** From the choice of the backup to tables that are proved: AR-2, AR-3 and AR-5 differ in what is chosen alone. */
export function restoreSteps(
  site: ArmadaConnection,
  setting: RunbookSetting,
  of: { readonly goesBack: boolean },
): readonly Step[] {
  const names = tablesOf(setting)
  const which = names === null ? 'all tables of the backup' : `the tables ${quotedSome(names)}`
  return [
    ...chooseBackup({
      except: ({ backupId }: RestorePoint) =>
        of.goesBack && !isSafetyBackup.test(backupId)
          ? 'It is not what a restore has kept of the state before it. Where nothing was kept, AR-2 goes back to a backup of before that restore.'
          : null,
      // What a restore has replaced was the wrong state.
      advises: (point, context) =>
        of.goesBack || (!isSafetyBackup.test(point.backupId) && isBeforeFailure(point, context)),
    }),
    check({
      id: 'server',
      section: 'before',
      title: 'Find the server that takes the restore',
      why: 'Only a leader with its maintenance on does, and only with the right token; a follower never.',
      touches: `Asks ${site.servers.join(', ')}.`,
      twin: "grpcurl -expand-headers -H 'authorization: Bearer ${TOKEN}' HOST:8443 maintenance.v1.Maintenance/Reset   # both fields empty: harmless",
      look: async (context) =>
        whereFailing(async () => {
          const { server, serverVersion, statusErrors, tables } = await findRestoreServer(
            context.session,
            site,
            reportOf(context),
          )
          const evidence = [
            { name: 'server', value: server.name },
            { name: 'version', value: printable(serverVersion ?? 'not told') },
            { name: 'tables', value: quotedSome(tables) },
          ]
          return statusErrors.length === 0
            ? done(`${server.name} leads, and serves ${countOf(tables.length, 'table')}.`, { evidence })
            : failed(`${server.name} says of its tables: ${quotedSome(statusErrors)}.`, {
                evidence,
                next: 'A table in error cannot be kept before it is replaced: look at the log of that server first.',
              })
        }, 'failed'),
    }),
    check({
      id: 'read-files',
      section: 'before',
      title: 'Read every file to its end',
      why: 'The server checks nothing of what it is sent, and a bad length ends its process.',
      touches: `Reads ${which}.`,
      look: async (context) => {
        const sources = await chosenSources(context)
        const target = await findRestoreServer(context.session, site, reportOf(context))
        demandKnownFormat(target, sources.version)
        const keys = sources.tables.reduce((sum, source) => sum + source.keys, 0)
        const bytes = sources.tables.reduce((sum, source) => sum + source.plainBytes, 0)
        return done(
          `${countOf(sources.tables.length, 'table')}, ${countOf(keys, 'key')}, ${bytesWords(bytes)}: whole, and of a form that ${target.server.name} knows.`,
          {
            evidence: sources.tables.map(({ table, keys: count, sha256 }) => ({
              name: `${table}: ${count} keys`,
              value: sha256,
            })),
            learnt: {
              [files]: sources.tables.map(({ table, sha256 }) => `${table} ${sha256}`).join('\n'),
              [largest]: String(Math.max(...sources.tables.map(({ info }) => info.sizeBytes))),
            },
          },
        )
      },
    }),
    stopClients(site, ({ known }) => tablesIn(known)),
    confirm({
      id: 'confirm-restore',
      section: 'before',
      title: 'Confirm what is lost',
      why: 'From here on tables are replaced.',
      of: [chosenBackup.id, files],
      says: async (context) => [
        ...whatIsLost(context),
        `Replaced: ${which}. Tables that are not among them stay as they are, and newer than these.`,
        'The tables are of different moments: armada has no backup of all of them at one time.',
        'What is written to them until the end is lost.',
        // Source (maintenance.go): os.TempDir(), on the way in as on the way out.
        `The server needs room for each file in its temporary folder (TMPDIR): ${bytesWords(Number(knownAs(context.known, largest)))} for the largest. Nothing here can look there; where it is full the table stays as it is.`,
        'Each table is replaced as a whole, so a failure leaves it old or new; those before it stay new.',
      ],
    }),
    action({
      id: 'keep-tables',
      section: 'safety',
      title: 'Keep the tables as they are now',
      why: 'The shard that is replaced is gone within minutes: without this copy there is no way back.',
      touches: 'Writes a new folder into the repository.',
      undo: 'Nothing to take back.',
      damage: 0,
      act: async (context) => {
        const { session, known } = context
        const target = await findRestoreServer(session, site, reportOf(context))
        const tables = tablesIn(known)
        const kept = await saveTables(target, tables, session, reportOf(context))
        const evidence = kept.tables.map(({ table, keys, sha256 }) => ({
          name: `${table}: ${keys} keys`,
          value: sha256,
        }))
        const gone =
          kept.notThere.length === 0 ? '' : ` Not there, so not kept: ${quotedSome(kept.notThere)}.`
        return done(
          kept.backupId === null
            ? `None of the tables stands there.${gone}`
            : `Kept in ${kept.backupId}, and read back.${gone}`,
          { evidence, learnt: { [safety]: kept.backupId ?? '', [notThere]: quotedSome(kept.notThere) } },
        )
      },
      look: async () =>
        Promise.resolve(notYet('A copy that was cut short is none: it is made anew, in another folder.')),
    }),
    action({
      id: 'put-tables',
      section: 'restore',
      title: 'Replace the tables, and prove each one',
      why: 'The server loses a key every few MiB without a word: every table is counted and compared, and what is missing is put back.',
      touches: `Replaces ${which}.`,
      undo: 'The tables that were kept are put back in the same way.',
      twin: 'TOKEN="$TOKEN" armada restore --address=HOST:8443 --ca=ca.crt --dir=DIR --json   # loses keys without a word',
      damage: 2,
      act: async (context) => replaced(await putTables(site, await chosenSources(context), context), context),
      look: async (context) =>
        replaced(await lookAtTables(site, await chosenSources(context), context), context),
      takeBack: async (context) => {
        const kept = knownAs(context.known, safety)
        if (kept === '') {
          return failed('Nothing stood there before, so there is nothing to put back.', {
            next: 'Delete the tables by hand if they shall not be there.',
          })
        }
        const store = await context.session.repository('read')
        const sources = await readRestoreSources(store, kept, { signal: context.session.signal })
        const back = await putTables(site, sources, context)
        const added = context.known.get(notThere) ?? ''
        return added === ''
          ? back
          : { ...back, sentence: `${back.sentence} Not there before, and left in place: ${added}.` }
      },
    }),
  ]
}

/** `namesOf`: the tables that are going to be replaced. */
export function stopClients(
  site: ArmadaConnection,
  namesOf: (context: StepContext) => readonly string[] | Promise<readonly string[]>,
): Step {
  return manual({
    id: 'stop-clients',
    section: 'before',
    title: 'Stop every client that writes',
    why: 'armada cannot be told to refuse writes; what is written while a table is replaced is lost, and makes it differ from its file.',
    does: [
      'Stop the applications that write to these tables, and whatever starts them again.',
      'No server tells who writes: once this is done, it is seen within 10 s whether the log of a table still grows.',
    ],
    asks: { label: 'Who stopped what', learns: 'clients' },
    skip: 'nobody',
    look: async (context) => {
      const { server, tables } = await findRestoreServer(context.session, site, reportOf(context))
      const there = (await namesOf(context)).filter((table) => tables.includes(table))
      const written = await writesSeen(server, there)
      return written.length === 0
        ? done('For 10 s nobody wrote to these tables.')
        : notYet(`Somebody still writes to ${quotedSome(written)}.`, {
            next: 'Stop whoever it is, then say so again.',
          })
    },
  })
}

function replaced(outcome: Outcome, { session }: Pick<StepContext, 'session'>): Outcome {
  return outcome.state === 'done'
    ? { ...outcome, learnt: { [replacedMs]: String(session.clock.now()) } }
    : outcome
}

/** As they were read. */
function tablesIn(known: Known): readonly string[] {
  return knownAs(known, files)
    .split('\n')
    .map((line) => line.slice(0, line.lastIndexOf(' ')))
}
