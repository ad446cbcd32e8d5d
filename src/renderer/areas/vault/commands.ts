import type { Credential } from '../../../shared/contract/vault.ts'
import { commandLine, namesLast } from '../../../shared/domain/command-line.ts'

/** What belongs to a secret and is none stands there as ID and NAME; the secret itself is asked for, and never an argument. */
const beside: Readonly<Record<Credential['kind'], readonly string[]>> = {
  s3: ['--access-key-id', 'ID'],
  masterKey: [],
  login: ['--user', 'NAME'],
  token: [],
  password: [],
}

export function addSecretCommand(kind: Credential['kind'], label: string): string {
  const named = kind === 'masterKey' ? 'master-key' : kind
  const name = label.trim() === '' ? 'LABEL' : label.trim()
  const given = ['--kind', named, ...beside[kind]]
  return commandLine(['holdfast', 'credentials', 'add', ...given, ...namesLast([name])])
}

export function replaceSecretCommand({ id, kind }: Pick<Credential, 'id' | 'kind'>): string {
  return commandLine(['holdfast', 'credentials', 'replace', ...beside[kind], id])
}

export function renameSecretCommand(id: string, label: string): string {
  return commandLine(['holdfast', 'credentials', 'rename', ...namesLast([id, label.trim()])])
}

export function removeSecretCommand(id: string): string {
  return commandLine(['holdfast', 'credentials', 'remove', id])
}
