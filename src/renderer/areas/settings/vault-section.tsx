import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { usePageAct } from '../../app/page-act.ts'
import { askUnlock } from '../../app/unlock-request.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Facts, Section } from '../../ui/frame.tsx'
import { Button, Modal } from '../../ui/kit.ts'
import { Status, type Tone } from '../../ui/status.tsx'
import { ChooseVault } from '../vault/choose-vault.tsx'
import s from './settings.module.css'

const states: Readonly<Record<'none' | 'locked' | 'open' | 'unavailable', readonly [Tone, string]>> = {
  none: ['none', 'Not chosen yet'],
  locked: ['unknown', 'Locked'],
  open: ['good', 'Unlocked'],
  unavailable: ['bad', 'Does not answer'],
}

const backends = { keychain: 'The keychain of this computer', sealedFile: 'A sealed file' } as const

/** Where secrets are kept, by name, and whether it is open. */
export function VaultSection() {
  const desk = useDesk()
  const queries = useQueryClient()
  const { data: vault, error } = useQuery(desk.vault.status.queryOptions())
  const [isChoosing, setChoosing] = useState(false)
  usePageAct('vault.choose', () => {
    if (vault?.state !== 'none') return false
    setChoosing(true)
    return true
  })
  const lock = useMutation(
    desk.vault.lock.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: desk.vault.key() }),
    }),
  )
  return (
    <>
      <Section>Where secrets are kept</Section>
      {error !== null && <ErrorLine failure={failureOf(error)} />}
      {vault && (
        <>
          <Facts
            of={[
              ['Place', vault.backend === null ? 'None chosen' : backends[vault.backend]],
              ...(vault.name === null
                ? []
                : [
                    [
                      'Name',
                      <code key="name" className={s['path']}>
                        {vault.name}
                      </code>,
                    ] as const,
                  ]),
              [
                'State',
                <Status key="state" tone={states[vault.state][0]}>
                  {states[vault.state][1]}
                </Status>,
              ],
              ...(vault.reason === null ? [] : [['Why', vault.reason] as const]),
              ...(vault.autoLockMinutes === null
                ? []
                : [['Locks itself', `after ${vault.autoLockMinutes} m without use`] as const]),
            ]}
          />
          <div className={s['acts']}>
            {vault.state === 'none' && (
              <Button variant="filled" onClick={() => setChoosing(true)}>
                Choose a place…
              </Button>
            )}
            {vault.state === 'locked' && (
              <Button variant="filled" onClick={() => askUnlock()}>
                Unlock…
              </Button>
            )}
            {vault.state === 'open' && vault.backend === 'sealedFile' && (
              <Button onClick={() => lock.mutate({})} loading={lock.isPending}>
                Lock now
              </Button>
            )}
          </div>
        </>
      )}
      {lock.isError && <ErrorLine failure={failureOf(lock.error)} />}
      <p className={s['text']}>
        A secret goes in once and never comes back to this window. While it is used it is in this program’s
        memory, which cannot be wiped for certain: encrypted swap and hibernation are the computer owner’s
        duty.
      </p>
      <Modal
        opened={isChoosing}
        onClose={() => setChoosing(false)}
        title="Where secrets are kept"
        size={480}
        centered
      >
        <ChooseVault onDone={() => setChoosing(false)} onLeave={() => setChoosing(false)} />
      </Modal>
    </>
  )
}
