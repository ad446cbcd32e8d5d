import type { SshValues } from '../../../shared/contract/connection-fields.ts'
import { Button, Textarea } from '../../ui/kit.ts'
import { CredentialField } from './credential-field.tsx'
import { FieldGroup } from './field-group.tsx'
import s from './masters.module.css'

interface Props {
  readonly label: string
  readonly help: string
  readonly ssh: SshValues
  readonly suggestedLabel: string
  readonly onChange: (ssh: SshValues) => void
}

/** How a host is logged in to, and which host keys were compared and accepted. */
export function SshFields({ label, help, ssh, suggestedLabel, onChange }: Props) {
  return (
    <FieldGroup label={label} help={help} now={sshNow(ssh)}>
      <Textarea
        label="Key files"
        placeholder="~/.ssh/id_ed25519"
        description="One a line; none: the agent and your SSH settings"
        classNames={{ input: s['mono'] ?? '' }}
        autosize
        minRows={1}
        spellCheck={false}
        value={ssh.keyFiles.join('\n')}
        onChange={({ currentTarget }) =>
          onChange({ ...ssh, keyFiles: currentTarget.value === '' ? [] : currentTarget.value.split('\n') })
        }
      />
      <div className={s['two']}>
        <CredentialField
          label="Passphrase of the key"
          help="Where a key file is sealed"
          of="password"
          id={ssh.keyCredential}
          suggestedLabel={suggestedLabel}
          onChange={(keyCredential) => onChange({ ...ssh, keyCredential })}
        />
        <CredentialField
          label="Password for sudo"
          help="Sent only where sudo itself asks for it"
          of="password"
          id={ssh.sudoCredential}
          suggestedLabel={suggestedLabel}
          onChange={(sudoCredential) => onChange({ ...ssh, sudoCredential })}
        />
      </div>
      <div>
        <p className={s['label']}>Accepted host keys</p>
        {ssh.hostKeys.length === 0 ? (
          <p className={s['note']}>
            None beside those of ~/.ssh/known_hosts. The test asks about unknown ones.
          </p>
        ) : (
          <ul className={s['hostKeys']}>
            {ssh.hostKeys.map(({ host, fingerprint }) => (
              <li key={host}>
                <span>
                  {host} <code>{fingerprint}</code>
                </span>
                <Button
                  size="xs"
                  variant="subtle"
                  aria-label={`Do not accept the key of ${host}`}
                  onClick={() =>
                    onChange({ ...ssh, hostKeys: ssh.hostKeys.filter((known) => known.host !== host) })
                  }
                >
                  Forget
                </Button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </FieldGroup>
  )
}

function sshNow({ keyFiles, hostKeys, sudoCredential }: SshValues): string {
  const files = keyFiles.filter((file) => file.trim() !== '')
  return [
    files.length === 0 ? 'the agent and your SSH settings' : files.join(', '),
    ...(sudoCredential === null ? [] : ['with a password for sudo']),
    ...(hostKeys.length === 0
      ? []
      : [`${hostKeys.length} accepted host ${hostKeys.length === 1 ? 'key' : 'keys'}`]),
  ].join(', ')
}
