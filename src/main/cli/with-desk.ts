import { resolve } from 'node:path'
import type { Cluster } from '../../shared/contract/clusters.ts'
import type { Repository } from '../../shared/contract/repositories.ts'
import type { Credential } from '../../shared/contract/vault.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import type { CliDesk, CommandContext } from './context.ts'

export type Client = CliDesk['client']

/** Opens this installation's desk for one command, and closes it when the command has ended. */
export async function withDesk<T>(
  { ports }: CommandContext,
  work: (client: Client, desk: Pick<CliDesk, 'openCluster' | 'openRepository'>) => Promise<T>,
): Promise<T> {
  const desk = await ports.openDesk(ports.stateFolder, 'command line')
  try {
    return await work(desk.client, desk)
  } finally {
    await desk.close()
  }
}

/** The saved cluster with this name or id. */
export async function findCluster(nameOrId: string, client: Client): Promise<Cluster> {
  const all = await client.clusters.list()
  const found = all.find(({ name }) => name === nameOrId) ?? all.find(({ id }) => id === nameOrId)
  if (found !== undefined) return found
  throw new HoldfastError('cluster.notFound', {
    what: `There is no cluster ${JSON.stringify(nameOrId)} here.`,
    why:
      all.length === 0 ? 'No cluster was added yet.' : `There are ${all.map(({ name }) => name).join(', ')}.`,
    next: 'See "holdfast clusters list".',
  })
}

/** The repository with this id, or the only one with this name. */
export async function findRepository(idOrName: string, client: Client): Promise<Repository> {
  const found = theOne(await client.repositories.list(), idOrName, ({ name }) => name)
  if (typeof found === 'object') return found
  throw new HoldfastError('repository.unsaved', {
    what:
      found === 0
        ? `There is no repository ${JSON.stringify(idOrName)} here.`
        : `${found} repositories have that name.`,
    unchanged: 'Nothing was changed.',
    next: 'See "holdfast repositories list", and name it by its id.',
  })
}

/** The credential of a kind with this id, or the only one with this label. */
export async function findCredential(
  idOrLabel: string,
  kind: Credential['kind'] | null,
  client: Client,
): Promise<Credential> {
  const all = (await client.vault.credentials()).filter((each) => kind === null || each.kind === kind)
  const found = theOne(all, idOrLabel, ({ label }) => label)
  if (typeof found === 'object') return found
  throw new HoldfastError('credential.notFound', {
    // A secret typed in the place of its name is not repeated.
    what: found === 0 ? 'There is no such credential in the vault.' : `${found} credentials have that label.`,
    next: 'See "holdfast credentials list", and name it by its id.',
  })
}

/** The one with this id, or the only one that is called so; else how many are. */
function theOne<T extends { readonly id: string }>(
  all: readonly T[],
  word: string,
  nameOf: (one: T) => string,
): T | number {
  const named = all.filter((one) => nameOf(one) === word)
  return all.find(({ id }) => id === word) ?? (named.length === 1 ? named[0] : undefined) ?? named.length
}

/** Opens the vault where it is locked: with the passphrase of a file, or with one that is asked for. */
export async function openVault(
  client: Client,
  passphraseFile: string | null,
  context: CommandContext,
): Promise<void> {
  const { state, backend, name } = await client.vault.status()
  if (state !== 'locked') return
  if (backend === 'keychain') {
    await client.vault.unlock({})
    return
  }
  const passphrase = await readPassphrase(`Passphrase of ${name ?? 'the vault'}: `, passphraseFile, context)
  await client.vault.unlock({ passphrase })
}

/** A file's own content less one line ending, or what is typed. */
export async function readPassphrase(
  question: string,
  file: string | null,
  { ports, signal }: CommandContext,
): Promise<string> {
  const text =
    file === null ? await ports.askSecret(question, signal) : await secretOfFile(file, ports.readKeyFile)
  if (text !== null && text !== '') return text
  throw new HoldfastError('vault.locked', {
    what: "The vault's passphrase is needed.",
    why: text === null ? 'There is no terminal to ask for it.' : 'What was given is empty.',
    unchanged: 'Nothing was changed.',
    next: 'Give --passphrase-file with a file that its owner alone can read.',
  })
}

export async function secretOfFile(
  file: string,
  readKeyFile: CommandContext['ports']['readKeyFile'],
): Promise<string> {
  const bytes = await readKeyFile(resolve(file))
  try {
    return withoutLineEnding(new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(bytes))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new HoldfastError('usage', {
      what: `The file ${JSON.stringify(file)} holds no text.`,
      unchanged: 'Nothing was changed.',
      next: 'A master key may have any bytes; other secrets are text in UTF-8.',
    })
  } finally {
    bytes.fill(0)
  }
}

export function withoutLineEnding(text: string): string {
  return text.replace(/\r?\n$/, '')
}
