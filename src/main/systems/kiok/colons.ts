/** Some file systems refuse `:` in a name and have `%3A` for it: in a name both are the same. */
export function withColons(name: string): string {
  return name.replaceAll('%3A', ':')
}
