import { noAccess, type Access } from '../../../shared/contract/repositories.ts'
import { parseAddress, type RepositoryAddress } from '../../../shared/domain/address.ts'
import { isHoldfastError } from '../../../shared/domain/error.ts'

export type ReadAddress =
  | { readonly kind: 'empty' }
  | { readonly kind: 'bad'; readonly why: string }
  | { readonly kind: 'good'; readonly address: RepositoryAddress; readonly help: string }

/** What is typed into the address, read as it will be, and said back in words. */
export function readAddress(text: string): ReadAddress {
  if (text.trim() === '') return { kind: 'empty' }
  try {
    const address = parseAddress(text.trim())
    return { kind: 'good', address, help: helpOf(address) }
  } catch (error) {
    const why = isHoldfastError(error) ? (error.text.why ?? error.text.what) : 'It cannot be read.'
    return { kind: 'bad', why }
  }
}

function helpOf(address: RepositoryAddress): string {
  switch (address.kind) {
    case 's3': {
      const where = address.endpoint ?? `Amazon’s own${address.region === null ? '' : `, ${address.region}`}`
      const keys = address.prefix === '' ? 'all keys' : `keys that begin with “${address.prefix}”`
      return `Bucket ${address.bucket} at ${where}, ${address.style} style, ${keys}`
    }
    case 'file':
      return `Folder ${address.folder} on this computer`
    case 'sftp':
      return `Folder ${address.folder} on ${address.host}, port ${address.port}, as ${address.user ?? 'the user of your SSH settings'}`
  }
}

/** An access that suits the address: what belongs to another kind of place is left out. */
export function accessFor(address: RepositoryAddress, access: Access): Access {
  const { maxBytesPerSecond } = access
  switch (address.kind) {
    case 'file':
      return { ...noAccess, maxBytesPerSecond }
    case 'sftp':
      return {
        ...noAccess,
        sshKeyFiles: access.sshKeyFiles.map((file) => file.trim()).filter((file) => file !== ''),
        hostKey: access.hostKey,
        maxBytesPerSecond,
      }
    case 's3': {
      const { credential, caFile, allowHttp } = access
      const isChosen = credential.source !== 'none'
      return {
        ...noAccess,
        credential: isChosen ? credential : { source: 'environment' },
        caFile,
        allowHttp,
        maxBytesPerSecond,
      }
    }
  }
}

export function isPlainHttp(address: RepositoryAddress): boolean {
  return address.kind === 's3' && address.endpoint?.startsWith('http:') === true
}
