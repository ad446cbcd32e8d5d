import { done } from '../../../engine/runbook/outcomes.ts'
import { probesSay } from '../../../engine/runbook/probes.ts'
import { check, manual } from '../../../engine/runbook/steps.ts'
import type { Runbook, Step } from '../../../ports/runbook.ts'
import { kindlingDriver } from '../live/driver.ts'
import { postgresChecks } from '../restore/checks.ts'
import { acceptance, fullBackup } from './acceptance.ts'
import { goBack } from './go-back.ts'
import { restoreDatabase } from './restore-database.ts'
import { connectionOf, siteOf } from './site.ts'
import { restoreVolume, volumeInputs } from './volume-restore.ts'
import { timeInput } from './wish.ts'

const restored = [
  'What was committed after the chosen moment is lost.',
  'The platform is down until the end, and guests may stop with their workers.',
]

/** From source and the documents of kindling, PostgreSQL and pgBackRest; marks stand beside each fact in the steps. */
export const kindlingRunbooks: readonly Runbook[] = [
  {
    id: 'KD-1',
    system: 'kindling',
    title: 'Restore the database',
    when: 'The database is lost, and no standby lives.',
    costs: restored,
    inputs: [],
    steps: (setting) => restoreDatabase(setting, 'newest'),
  },
  {
    id: 'KD-2',
    system: 'kindling',
    title: 'Restore the database to a moment',
    when: 'The database lives, and what is in it is wrong since some moment.',
    costs: restored,
    inputs: [timeInput],
    steps: (setting) => restoreDatabase(setting, 'time'),
  },
  {
    id: 'KD-3',
    system: 'kindling',
    title: 'Go over to the standby',
    when: 'The primary is lost, and a standby lives.',
    costs: ['What the standby had not received is lost.'],
    inputs: [],
    steps: (setting) => {
      const config = connectionOf(setting)
      return [
        manual({
          id: 'fence',
          section: 'before',
          title: 'Fence the old primary',
          why: 'Two primaries that both take writes cannot be brought together again.',
          does: [
            'Switch it off, or cut it off from the network, and make sure that nothing starts it again.',
          ],
          asks: { label: 'Who fenced it, and how', learns: 'fence' },
          skip: 'nobody',
        }),
        manual({
          id: 'promote',
          section: 'restore',
          title: 'Promote the standby',
          why: 'With the tool that runs it; without one: SELECT pg_promote().',
          does: [
            'Let your tool for high availability fail over, or run: psql -X -c "SELECT pg_promote()" on the standby.',
            'Let the DSN of every host lead to it: where no address moves by itself, edit the file on every host.',
            'Save the connection of this cluster anew where its first host is another one now.',
          ],
          asks: { label: 'Which host is the primary now', learns: 'primary' },
        }),
        ...acceptance(config),
        fullBackup(config),
      ]
    },
  },
  {
    id: 'KD-4',
    system: 'kindling',
    title: 'Let an administrator and an API key in again',
    when: 'Nobody can log in, or the API key is not accepted.',
    costs: [],
    inputs: [],
    steps: (setting) => {
      const config = connectionOf(setting)
      return [
        manual({
          id: 'superuser',
          section: 'restore',
          title: 'Make a superuser with a throwaway password',
          why: 'The command takes the password as an argument alone, where every user of the host can read it [from source]: so it is changed at once.',
          touches: `A user of kindling, made on ${config.hosts[0] ?? 'the first host'}.`,
          does: [
            'On a host with the database: kindling admin auth create-superuser --email YOU --password THROWAWAY',
            'Log in, change the password at once, and forget the throwaway.',
          ],
        }),
        manual({
          id: 'api-key',
          section: 'restore',
          title: 'Make a new API key, and put it into the vault',
          why: 'Keys that were made after a backup are gone once it is restored.',
          does: [
            'POST /api/auth/api-keys {"name":"holdfast"} as that user, or in the window of kindling.',
            'Put it into the vault here, and name it in the connection of this cluster.',
          ],
        }),
        check({
          id: 'accept-api',
          section: 'accept',
          title: 'The API answers, and its key is accepted',
          why: 'Only a request with the key shows that it is.',
          look: async (context) =>
            probesSay(kindlingDriver.connect(context.setting.cluster.connection), context, {
              ids: ['answers', 'servers'],
              enough: ['ok'],
            }),
        }),
      ]
    },
  },
  {
    id: 'KD-5',
    system: 'kindling',
    title: 'Go back to the database before a restore',
    when: 'A restore brought back the wrong state, and the folder that it moved aside is still there.',
    costs: ['What was committed since that restore is lost.', ...restored.slice(1)],
    inputs: [
      {
        name: 'run',
        label: 'The run that restored',
        help: 'Its id, as the list of runs and the name of the folder that was moved aside say it.',
        example: 'run-0123456789ab',
        required: true,
        usual: '',
      },
    ],
    steps: goBack,
  },
  {
    id: 'KD-6',
    system: 'kindling',
    title: 'Restore the volume of a project',
    when: 'A volume is lost or wrong, and a backup of it is there.',
    costs: ['What was written to the volume after its backup is lost.', 'Its application is down meanwhile.'],
    inputs: volumeInputs,
    steps: restoreVolume,
  },
  {
    id: 'KD-7',
    system: 'kindling',
    title: 'Empty or replace a worker',
    when: 'A worker is lost, or has to go.',
    costs: ['Guests of a lost worker are placed anew by kindling; volumes that lie on it do not follow.'],
    inputs: [],
    steps: () => [
      serversTold('before'),
      manual({
        id: 'move',
        section: 'restore',
        title: 'Move what can be moved',
        why: 'A volume lies on one worker: what is not moved before it goes has to be restored.',
        does: [
          'While the worker lives: POST /api/projects/ID/volume/move {"target_server_id":"…"} for each volume on it, then POST /api/servers/ID/drain.',
          'Where it is dead: its guests are placed anew by kindling; for each volume on it begin KD-6.',
        ],
        asks: { label: 'What was moved, and what was lost', learns: 'moved' },
      }),
      serversTold('accept'),
    ],
  },
  {
    id: 'KD-8',
    system: 'kindling',
    title: 'Let the platform hear of changes again',
    when: 'The units run, and what they show is stale, or their log says “WAL listener failed”.',
    costs: ['The unit that is restarted is away for a moment.'],
    inputs: [],
    steps: (setting) => {
      const config = connectionOf(setting)
      return [
        check({
          id: 'database',
          section: 'before',
          title: 'See slots, role and wal_level',
          why: 'The units hear of changes through a replication slot; past a pooler they do not [from source].',
          touches: `Asks PostgreSQL on ${config.hosts[0] ?? 'the first host'}.`,
          skip: 'operator',
          look: async (context) => postgresChecks(siteOf(config, context), { isClosed: false }),
        }),
        manual({
          id: 'restart-one',
          section: 'restore',
          title: 'Restart one unit, and look before the next one',
          why: 'Never all workers at once: 30 s without a heartbeat and their guests are placed anew.',
          does: [
            'journalctl -u kindling@api --since -10min | grep "WAL listener"',
            'Let the replication DSN lead to PostgreSQL itself, past any pooler; set the clock of the host right.',
            'systemctl restart kindling@api on one host, and look at its log.',
          ],
        }),
        serversTold('accept'),
      ]
    },
  },
]

function serversTold(section: 'before' | 'accept'): Step {
  return check({
    id: `${section}-servers`,
    section,
    title:
      section === 'before'
        ? 'See the servers and their units'
        : 'Every server has a heartbeat, every unit is active',
    why: 'What the platform says of its servers is what it acts on.',
    skip: 'operator',
    look: async (context) => {
      const live = kindlingDriver.connect(context.setting.cluster.connection ?? {})
      const said = await probesSay(live, context, { ids: ['answers', 'servers', 'units'], enough: ['ok'] })
      return section === 'accept' || said.state === 'done'
        ? said
        : done(said.sentence, { evidence: said.evidence })
    },
  })
}
