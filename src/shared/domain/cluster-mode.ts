export const clusterModes = ['normal', 'protected', 'readOnly'] as const

/** How a cluster is guarded: not, by a reason for each change, or so that nothing of it is changed at all. */
export type ClusterMode = (typeof clusterModes)[number]

/** As an operator writes and reads them. */
export const modeWords: Readonly<Record<ClusterMode, string>> = {
  normal: 'normal',
  protected: 'protected',
  readOnly: 'read-only',
}

/** Whether it guards less than it has to. */
export function isBelow(mode: ClusterMode, least: ClusterMode): boolean {
  return clusterModes.indexOf(mode) < clusterModes.indexOf(least)
}

export function atLeast(mode: ClusterMode, least: ClusterMode): ClusterMode {
  return isBelow(mode, least) ? least : mode
}
