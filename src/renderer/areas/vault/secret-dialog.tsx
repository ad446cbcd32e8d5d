import { useQuery } from '@tanstack/react-query'
import type { Credential } from '../../../shared/contract/vault.ts'
import { useDesk } from '../../lib/client.tsx'
import { Modal } from '../../ui/kit.ts'
import { ChooseVault } from './choose-vault.tsx'
import { SecretForm } from './secret-form.tsx'
import { UnlockForm } from './unlock-form.tsx'

interface Props {
  readonly kind: Credential['kind'] | null
  /** The credential whose secret is replaced; else a new one is put in. */
  readonly replaces?: Credential | null
  readonly suggestedLabel?: string
  readonly onClose: () => void
  readonly onDone?: (credential: Credential) => void
}

const titles: Readonly<Record<Credential['kind'], string>> = {
  s3: 'S3 credential',
  masterKey: 'Master key',
  login: 'login',
  token: 'token',
  password: 'password',
}

/** A secret is put in, once. Where no place for secrets is chosen, or it is locked, that comes first, here. */
export function SecretDialog({ kind, replaces = null, suggestedLabel = '', onClose, onDone }: Props) {
  const { data: vault } = useQuery(useDesk().vault.status.queryOptions())
  return (
    <Modal
      opened={kind !== null}
      onClose={onClose}
      size={480}
      centered
      title={titleOf(vault?.state, kind, replaces)}
    >
      {vault?.state === 'none' && <ChooseVault onLeave={onClose} />}
      {vault?.state === 'locked' && <UnlockForm onDone={() => undefined} onLeave={onClose} />}
      {vault?.state === 'unavailable' && (
        <p>{vault.reason ?? 'The place where secrets are kept does not answer.'}</p>
      )}
      {vault?.state === 'open' && kind !== null && (
        <SecretForm
          kind={kind}
          replaces={replaces}
          suggestedLabel={suggestedLabel}
          onLeave={onClose}
          onDone={(credential) => {
            onDone?.(credential)
            onClose()
          }}
        />
      )}
    </Modal>
  )
}

function titleOf(
  state: string | undefined,
  kind: Credential['kind'] | null,
  replaces: Credential | null,
): string {
  if (state === 'none') return 'First: where secrets are kept'
  if (state === 'locked') return 'The vault is locked'
  if (kind === null) return ''
  return replaces === null ? `New ${titles[kind]}` : `Replace the secret of “${replaces.label}”`
}
