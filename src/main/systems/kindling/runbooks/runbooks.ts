import type { Runbook } from '../../../ports/runbook.ts'
import { goBack } from './go-back.ts'
import { kd3 } from './kd-3.ts'
import { kd4 } from './kd-4.ts'
import { kd7 } from './kd-7.ts'
import { kd8 } from './kd-8.ts'
import { restoreDatabase } from './restore-database.ts'
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
  kd3,
  kd4,
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
  kd7,
  kd8,
]
