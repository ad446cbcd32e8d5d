import { resolve } from 'node:path'
import type { Credential, NewSecret } from '../../../shared/contract/vault.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import {
  findCredential,
  openVault,
  readPassphrase,
  secretOfFile,
  withDesk,
  withoutLineEnding,
  type Client,
} from '../with-desk.ts'
import { ageInWords, table } from '../words.ts'

/** What belongs to a secret and is none, and where the secret comes from. */
export interface SecretFlags {
  readonly accessKeyId?: string
  readonly sessionToken?: boolean
  readonly user?: string
  readonly file?: string
  readonly passphraseFile?: string
}

export interface AddCredentialFlags extends SecretFlags {
  readonly kind: string
  readonly keepIn?: string
}

const kinds = ['s3', 'master-key', 'login', 'token', 'password'] as const
type Kind = (typeof kinds)[number]

export async function listCredentials(context: CommandContext): Promise<ExitStatus> {
  const { output, ports } = context
  return withDesk(context, async (client) => {
    const credentials = await client.vault.credentials()
    const { state, name } = await client.vault.status()
    output.document({ vault: { state, name }, credentials })
    const rows = credentials.map(({ id, kind, label, hint, usedAt, usedBy, isThere }) => [
      id,
      kindWords(kind),
      label,
      hint,
      usedAt === null ? 'never used' : `used ${ageInWords(usedAt, ports.clock.now())}`,
      isThere ? `for ${usedBy.length === 0 ? 'nothing' : usedBy.join(', ')}` : 'lost: replace it',
    ])
    for (const line of table(rows)) output.line(line.trimEnd())
    if (credentials.length === 0) output.line('The vault holds no secret of this installation.')
    return exitStatus.ok
  })
}

export async function addCredential(
  label: string,
  flags: AddCredentialFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const kind = kinds.find((each) => each === flags.kind)
  if (kind === undefined) throw usage('There is no such kind of secret.', `Use one of: ${kinds.join(', ')}.`)
  return withDesk(context, async (client) => {
    await choosePlace(client, flags, context)
    await openVault(client, flags.passphraseFile ?? null, context)
    const secret = await readSecret(kind, flags, context)
    const credential = await client.vault.add({ label, secret })
    context.output.document({ credential })
    context.output.line(`Kept ${credential.label} as ${credential.id} (${credential.hint})`)
    return exitStatus.ok
  })
}

/** Another secret under the same name, wherever it is used; the old one is gone for good. */
export async function replaceCredential(
  idOrLabel: string,
  flags: SecretFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const { id, kind } = await findCredential(idOrLabel, null, client)
    await openVault(client, flags.passphraseFile ?? null, context)
    const secret = await readSecret(kind === 'masterKey' ? 'master-key' : kind, flags, context)
    const credential = await client.vault.replace({ id, secret })
    context.output.document({ credential })
    context.output.line(`Replaced ${credential.label} (${id}): now ${credential.hint}`)
    return exitStatus.ok
  })
}

export async function renameCredential(
  idOrLabel: string,
  label: string,
  context: CommandContext,
): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const { id } = await findCredential(idOrLabel, null, client)
    const credential = await client.vault.rename({ id, label })
    context.output.document({ credential })
    context.output.line(`${id} is called ${credential.label} now`)
    return exitStatus.ok
  })
}

export async function removeCredential(
  idOrLabel: string,
  passphraseFile: string | null,
  context: CommandContext,
): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const { id, label } = await findCredential(idOrLabel, null, client)
    await openVault(client, passphraseFile, context)
    await client.vault.remove({ id })
    context.output.document({ removed: { id, label } })
    context.output.line(`Removed ${label} (${id}); the secret is gone from the vault.`)
    return exitStatus.ok
  })
}

/** Where secrets are kept is chosen once, and never silently. */
async function choosePlace(
  client: Client,
  { keepIn, passphraseFile }: AddCredentialFlags,
  context: CommandContext,
): Promise<void> {
  const { state, name } = await client.vault.status()
  if (state !== 'none') {
    if (keepIn === undefined) return
    throw usage(`Secrets are kept in ${name ?? 'a vault'} already.`, 'Leave out --keep-in.')
  }
  if (keepIn === 'keychain') {
    await client.vault.choose({ backend: 'keychain' })
    return
  }
  if (keepIn !== 'sealed-file') {
    throw new HoldfastError('vault.none', {
      what: 'It is not chosen yet where secrets are kept.',
      unchanged: 'Nothing was stored.',
      next: 'Choose with --keep-in keychain (of this account) or --keep-in sealed-file (with a passphrase).',
    })
  }
  const passphrase = await readPassphrase('New passphrase of the vault: ', passphraseFile ?? null, context)
  if (passphraseFile === undefined) {
    const again = await readPassphrase('The same again: ', null, context)
    if (again !== passphrase) throw usage('The two passphrases differ.', 'Try it again.')
  }
  await client.vault.choose({ backend: 'sealedFile', passphrase })
}

async function readSecret(kind: Kind, flags: SecretFlags, context: CommandContext): Promise<NewSecret> {
  switch (kind) {
    case 'master-key':
      // A key's bytes as they are: the desk itself reads the file.
      return flags.file === undefined
        ? { kind: 'masterKey', key: await readText('Master key: ', flags, context) }
        : { kind: 'masterKeyFile', path: resolve(flags.file) }
    case 'token':
      return { kind: 'token', token: await readText('Token: ', flags, context) }
    case 'password':
      return { kind: 'password', password: await readText('Password: ', flags, context) }
    case 'login': {
      if (flags.user === undefined) throw usage('A login needs a name.', 'Give it with --user.')
      return { kind: 'login', user: flags.user, password: await readText('Password: ', flags, context) }
    }
    case 's3':
      return readS3(flags, context)
  }
}

async function readS3(flags: SecretFlags, context: CommandContext): Promise<NewSecret> {
  const { accessKeyId } = flags
  if (accessKeyId === undefined)
    throw usage('S3 keys need an access key id.', 'Give it with --access-key-id.')
  const asked = await readText('Secret access key: ', flags, context)
  if (flags.sessionToken !== true) return { kind: 's3', accessKeyId, secretAccessKey: asked }
  const isPrompted = flags.file === undefined && context.ports.stdinIsTerminal()
  const [secretAccessKey = '', sessionToken = ''] = isPrompted
    ? [asked, await readText('Session token: ', flags, context)]
    : asked.split(/\r?\n/)
  if (secretAccessKey === '' || sessionToken === '') {
    throw usage(
      'The secret key or the session token is missing.',
      'Write the one on a line and the other on the next.',
    )
  }
  return { kind: 's3', accessKeyId, secretAccessKey, sessionToken }
}

/** From the file, from what is piped in, or from what is typed and not shown. */
async function readText(
  question: string,
  { file }: SecretFlags,
  { ports, signal }: CommandContext,
): Promise<string> {
  const text =
    file !== undefined
      ? await secretOfFile(file, ports.readKeyFile)
      : ports.stdinIsTerminal()
        ? ((await ports.askSecret(question, signal)) ?? '')
        : withoutLineEnding(await ports.readStdin(signal))
  if (text !== '') return text
  throw usage('No secret was given.', 'Type it, pipe it in, or name a file with --file.')
}

function kindWords(kind: Credential['kind']): string {
  return kind === 'masterKey' ? 'master-key' : kind
}

function usage(what: string, next: string): HoldfastError {
  return new HoldfastError('usage', { what, unchanged: 'Nothing was stored.', next })
}
