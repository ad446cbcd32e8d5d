import { Checkbox, TextInput } from '../../ui/kit.ts'
import { Glyph } from '../../ui/status.tsx'
import { CredentialField } from './credential-field.tsx'
import { FieldGroup } from './field-group.tsx'
import type { TlsDraft } from './model/connection-draft.ts'
import s from './masters.module.css'

interface Props {
  readonly label: string
  readonly help: string
  readonly tls: TlsDraft
  readonly suggestedLabel: string
  readonly onChange: (tls: TlsDraft) => void
}

/** Whom the certificates have to be signed by, and which one is shown in return. */
export function TlsFields({ label, help, tls, suggestedLabel, onChange }: Props) {
  const text = (name: 'caFile' | 'pin' | 'serverName' | 'clientCertFile' | 'clientKeyFile') => ({
    classNames: { input: s['mono'] ?? '' },
    spellCheck: false,
    autoComplete: 'off',
    value: tls[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      onChange({ ...tls, [name]: event.currentTarget.value }),
  })
  return (
    <FieldGroup label={label} help={help} now={tlsNow(tls)} isBad={tls.isUnverified}>
      <div className={s['two']}>
        <TextInput
          label="Own CA"
          placeholder="/etc/ssl/ops-ca.pem"
          description="A PEM file; none: those that this computer trusts"
          {...text('caFile')}
        />
        <TextInput
          label="Pinned key"
          placeholder="sha256/…"
          description="The public key that must be shown, and no other"
          {...text('pin')}
        />
        <TextInput
          label="Name in the certificate"
          placeholder="as in the address"
          description="Where the address is another one"
          {...text('serverName')}
        />
        <span />
        <TextInput
          label="Client certificate"
          placeholder="/etc/ssl/ops.pem"
          description="Where the masters ask for one"
          {...text('clientCertFile')}
        />
        <TextInput
          label="Its key"
          placeholder="/etc/ssl/ops-key.pem"
          description="A PEM file; it stays where it is"
          {...text('clientKeyFile')}
        />
      </div>
      <CredentialField
        label="Password of its key"
        help="Where the key file is sealed"
        of="password"
        id={tls.clientKeyCredential}
        suggestedLabel={suggestedLabel}
        onChange={(clientKeyCredential) => onChange({ ...tls, clientKeyCredential })}
      />
      <Checkbox
        label="Believe any certificate: whoever is on the way can pose as a master"
        checked={tls.isUnverified}
        onChange={(event) => onChange({ ...tls, isUnverified: event.currentTarget.checked })}
      />
      {tls.isUnverified && (
        <div className={s['danger']}>
          <p>
            <Glyph tone="bad" decorative /> Logins and backups go to whoever answers. It stays red here.
          </p>
          <TextInput
            label="Why"
            description="Needed; kept with the connection and in the audit chain"
            value={tls.unverifiedBecause}
            maxLength={500}
            onChange={(event) => onChange({ ...tls, unverifiedBecause: event.currentTarget.value })}
          />
        </div>
      )}
    </FieldGroup>
  )
}

/** What holds while the group is closed. */
function tlsNow(tls: TlsDraft): string {
  if (tls.isUnverified) return 'any certificate is believed'
  const given = [
    ...(tls.caFile.trim() === '' ? [] : ['own CA']),
    ...(tls.pin.trim() === '' ? [] : ['pinned key']),
    ...(tls.serverName.trim() === '' ? [] : ['another name']),
    ...(tls.clientCertFile.trim() === '' ? [] : ['client certificate']),
  ]
  return given.length === 0 ? 'the authorities that this computer trusts' : given.join(', ')
}
