/** How a repository is reached, as far as a command line can say it. Nothing in it is a secret. */
export interface Way {
  readonly credential:
    | { readonly source: 'vault'; readonly id: string }
    | { readonly source: 'environment' | 'none' }
    | { readonly source: 'profile'; readonly profile: string }
  readonly caFile: string | null
  readonly allowHttp: boolean
  readonly sshKeyFiles: readonly string[]
  readonly hostKey: string | null
  readonly maxBytesPerSecond: number | null
}

/** What gives the keys of a bucket. One of the vault is named by its id, which commands on saved things alone know. */
export function credentialFlags(credential: Way['credential']): readonly string[] {
  switch (credential.source) {
    case 'vault':
      return ['--credential', credential.id]
    case 'profile':
      return ['--profile', credential.profile]
    case 'environment':
    case 'none':
      return []
  }
}

/** All but what gives the keys. */
export function wayFlags(way: Omit<Way, 'credential'>): readonly string[] {
  const { caFile, allowHttp, sshKeyFiles, hostKey, maxBytesPerSecond } = way
  return [
    ...(caFile === null ? [] : ['--ca-file', caFile]),
    ...(allowHttp ? ['--allow-http'] : []),
    ...sshKeyFiles.flatMap((file) => ['--ssh-key', file]),
    ...(hostKey === null ? [] : ['--host-key', hostKey]),
    ...(maxBytesPerSecond === null ? [] : ['--max-rate', String(maxBytesPerSecond)]),
  ]
}
