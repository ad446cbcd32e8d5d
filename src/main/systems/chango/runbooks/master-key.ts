import { HoldfastError } from '../../../../shared/domain/error.ts'
import { done, failed } from '../../../engine/runbook/outcomes.ts'
import { check, choice } from '../../../engine/runbook/steps.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { Step, StepContext } from '../../../ports/runbook.ts'

/** The label of the key that the masters are started with. */
const chosenKey = 'key'

/** Which master key it is, before anything is touched. Whether it opens the backup is part of the backup's proof. */
export function chooseKey(): readonly Step[] {
  return [
    check({
      id: 'have-key',
      section: 'before',
      title: 'Have the master key',
      why: 'Without it the restored stores cannot be opened by anyone.',
      look: async ({ session }) => {
        const labels = (await session.masterKeys()).map(({ label }) => label)
        const [only, ...others] = labels
        if (only === undefined) {
          return failed('There is no master key of this cluster in the vault.', {
            next: 'Look for it first: X-3 says where it may still be. Put it into the vault, then look again.',
          })
        }
        return others.length === 0
          ? done('The master key is in the vault.', { learnt: { [chosenKey]: only } })
          : done(`${labels.length} master keys are in the vault.`)
      },
    }),
    choice({
      id: 'choose-key',
      section: 'before',
      title: 'Choose the master key of the backup',
      why: 'The masters are started with one key; another one than the backup’s does not open the stores.',
      notNeeded: (known) => (known.has(chosenKey) ? 'There is one master key.' : null),
      options: async ({ session }) => {
        const keys = await session.masterKeys()
        return keys.map(({ label }, place) => ({
          id: label,
          label,
          says: [
            place === 0
              ? 'The newest one, and the right one unless the key was changed after the backup.'
              : 'An older one.',
          ],
          notPossible: null,
          advised: place === 0,
          learnt: { [chosenKey]: label },
        }))
      },
    }),
  ]
}

/** For the environment of one command, and nothing else. */
export async function keyEnvironment({
  session,
  known,
}: Pick<StepContext, 'session' | 'known'>): Promise<Readonly<Record<'CHANGO_MASTER_KEY', string>>> {
  return { CHANGO_MASTER_KEY: await keyText(session, known.get(chosenKey)) }
}

async function keyText(session: Session, label: string | undefined): Promise<string> {
  const keys = await session.masterKeys()
  const key = label === undefined ? keys[0] : keys.find((each) => each.label === label)
  if (key !== undefined) return key.reveal()
  throw new HoldfastError('key.missing', {
    what: `The master key ${label ?? 'of this cluster'} is not in the vault any more.`,
    unchanged: 'Nothing was started.',
    next: 'Put it back, then go on.',
  })
}
