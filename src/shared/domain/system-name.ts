/** The kinds of clusters that a saved cluster may be of. */
export const systemNames = ['kiok', 'chango', 'kiseki', 'armada', 'kindling'] as const
export type SystemName = (typeof systemNames)[number]
