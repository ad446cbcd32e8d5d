import { printable } from '../../../../shared/domain/printable.ts'
import { probesSay } from '../../../engine/runbook/probes.ts'
import { failed } from '../../../engine/runbook/outcomes.ts'
import { action, check, manual } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { Outcome, Step, StepContext } from '../../../ports/runbook.ts'
import { openAccounts } from '../live/accounts.ts'
import { chosenTool } from '../live/chosen-tool.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { kindlingDriver } from '../live/driver.ts'
import { compareVolumeBackups } from '../live/volume-backups.ts'
import { withVolumes } from '../live/volumes.ts'
import { postgresChecks } from '../restore/checks.ts'
import { lookBackupSince, takeFullBackup } from '../restore/open-all.ts'
import { listVolumeOperations } from '../restore/volume-operations.ts'
import { siteOf } from './site.ts'

const section = 'accept'

/** The sheet after the database was restored: what it brings back to life is a row of its own. */
export function acceptanceOfThePast(config: KindlingConnection): readonly Step[] {
  return acceptance(config).flatMap((step) => (step.id === 'accept-canary' ? [revoked(), step] : [step]))
}

function revoked(): Step {
  return manual({
    id: 'accept-revoked',
    section,
    title: 'Take back access that came to life again',
    why: 'Users, API keys and sessions that were revoked after the backup are in the restored database.',
    does: [
      'Compare users, API keys and members of organisations with who left or was blocked since the moment that was restored; the report of this run has the audit rows where they could be read.',
      'Revoke again what must not be, and end its sessions.',
    ],
    asks: { label: 'Who looked, and what was revoked again, or: nothing', learns: 'accept.revoked' },
  })
}

/** The sheet after the database was restored or changed hands. */
export function acceptance(config: KindlingConnection): readonly Step[] {
  const probed = (id: string, title: string, why: string, ids: readonly string[]): Step =>
    check({
      id,
      section,
      title,
      why,
      skip: 'operator',
      look: async (context) =>
        probesSay(kindlingDriver.connect(config), context, {
          ids,
          enough: ['ok'],
        }),
    })
  return [
    check({
      id: 'accept-postgres',
      section,
      title: 'PostgreSQL is a primary that kindling can work with',
      why: 'Without wal_level, slots and the role for replication the platform does not hear of changes.',
      skip: 'operator',
      look: async (context) => postgresChecks(siteOf(config, context), { isClosed: false }),
    }),
    probed(
      'accept-units',
      'Every unit is active, and none was restarted',
      'A unit that keeps restarting is down.',
      ['units'],
    ),
    probed(
      'accept-servers',
      'Every server has a heartbeat',
      'A server without one loses its guests within 30 s.',
      ['servers'],
    ),
    check({
      id: 'accept-api',
      section,
      title: 'The API answers, accepts its key, and tells its settings',
      why: 'Keys made after the backup are gone: see KD-4. The settings come from the restored database.',
      skip: 'operator',
      look: async (context) => {
        const said = await probesSay(kindlingDriver.connect(config), context, {
          ids: ['answers'],
          enough: ['ok'],
        })
        return said.state === 'done' ? keyToo(config, said, context) : said
      },
    }),
    probed(
      'accept-files',
      'DSN and master key are the same on every host',
      'One that differs reads nothing.',
      ['dsn', 'masterKey'],
    ),
    check({
      id: 'accept-volumes',
      section,
      title: 'No operation on a volume waits from before',
      why: 'An old restore would overwrite a living disk.',
      skip: 'operator',
      look: async (context) => listVolumeOperations(siteOf(config, context)),
    }),
    check({
      id: 'accept-volume-backups',
      section,
      title: 'Every backup of a volume has its object',
      why: 'The database knows nothing of what was backed up after it, and may know of what was pruned since.',
      touches: 'Lists the repository.',
      skip: 'operator',
      look: async (context) =>
        withVolumes(config, context, async (volumes) => {
          const { session } = context
          return compareVolumeBackups(volumes, await session.repository('read'), session.signal)
        }),
    }),
    manual({
      id: 'accept-canary',
      section,
      title: 'Deploy one application, and reach it through the edge',
      why: 'Only a deployment goes through all of the platform.',
      does: [
        'Deploy an application that harms nobody, and open its address.',
        'Look into one guest whether its data is there.',
      ],
      asks: { label: 'Who looked, and what was seen', learns: 'canary' },
    }),
  ]
}

/** Whether the key of the connection is one of a platform administrator, as kindling itself says. */
async function keyToo(config: KindlingConnection, said: Outcome, { session }: StepContext): Promise<Outcome> {
  const accounts = await openAccounts(session, config)
  try {
    if (!(await accounts.isKeyAccepted())) {
      return failed(
        'The API answers, and does not accept the API key, or not as one of a platform administrator.',
        {
          evidence: said.evidence,
          next: 'Begin KD-4 after this run, or except the row.',
        },
      )
    }
    const address = printable((await accounts.publicAddress()) ?? 'not set')
    return {
      ...said,
      sentence: `${said.sentence} The API key is accepted, as one of a platform administrator. The public address of the platform: ${address}.`,
      evidence: [...said.evidence, { name: 'GET /api/meta public_base_url', value: address }],
    }
  } finally {
    await accounts.close()
  }
}

const openedMs = 'database.openedMs'

/** From then on a backup is one of the new timeline. */
export function opened(outcome: Outcome, { session }: StepContext): Outcome {
  return outcome.state === 'done'
    ? { ...outcome, learnt: { ...outcome.learnt, [openedMs]: String(session.clock.now()) } }
    : outcome
}

/** A restored database goes on in a timeline of its own. */
export function fullBackup(config: KindlingConnection): Step {
  const { stanza } = config
  return action({
    id: 'full-backup',
    section,
    title: 'Take a full backup, and check the archive',
    why: 'The restored database goes on in a timeline of its own: only a new full backup leads back to it.',
    touches: `Writes into the repository of ${chosenTool(config).name}.`,
    twin:
      config.tool === 'barman'
        ? sh`barman backup ${stanza} --wait && barman check ${stanza}`
        : sh`pgbackrest --stanza=${stanza} --type=full backup && pgbackrest --stanza=${stanza} check`,
    damage: 0,
    skip: 'operator',
    act: async (context) => takeFullBackup(siteOf(config, context)),
    look: async (context) =>
      lookBackupSince(siteOf(config, context), Number(context.known.get(openedMs) ?? context.beganMs)),
  })
}
