/**
 * True where a name is meant by one of the patterns and by none of the negated ones (`!`): the PATTERNS of ssh_config(5), which
 * known_hosts uses, too.
 */
export function isMeant(patterns: readonly string[], name: string): boolean {
  const meant = patterns.filter((pattern) => wildcard(pattern.replace(/^!/, '')).test(name))
  return meant.length > 0 && !meant.some((pattern) => pattern.startsWith('!'))
}

/** `*` is any run of characters, `?` exactly one. */
export function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  // Stars in a row are one star, which keeps the matching from running wild.
  return new RegExp(`^${escaped.replace(/\*+/g, '.*').replaceAll('?', '.')}$`, 's')
}
