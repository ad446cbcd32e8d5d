/**
 * What the policy of a bucket denies to everybody, without a condition: to delete objects and their versions, objects alone, or
 * nothing that is plain enough to say so.
 */
export function deniesDeletion(policy: string, bucket: string): 'everything' | 'current' | null {
  const denied = statementsOf(policy).filter(
    (statement) =>
      statement['Effect'] === 'Deny' &&
      statement['Condition'] === undefined &&
      isEverybody(statement['Principal']) &&
      textsOf(statement['Resource']).some((resource) => isWhole(resource, bucket)),
  )
  const denies = (action: string): boolean =>
    denied.some((statement) => textsOf(statement['Action']).some((pattern) => matches(pattern, action)))
  if (!denies('s3:DeleteObject')) return null
  return denies('s3:DeleteObjectVersion') ? 'everything' : 'current'
}

type Statement = Readonly<Record<string, unknown>>

function statementsOf(policy: string): readonly Statement[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(policy)
  } catch {
    return []
  }
  const statements = isObject(parsed) ? parsed['Statement'] : undefined
  return (Array.isArray(statements) ? statements : [statements]).filter(isObject)
}

function isObject(value: unknown): value is Statement {
  return typeof value === 'object' && value !== null
}

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
}

function isEverybody(principal: unknown): boolean {
  return textsOf(isObject(principal) ? principal['AWS'] : principal).includes('*')
}

function isWhole(resource: string, bucket: string): boolean {
  const [arn = ''] = /^arn:[a-z-]+:s3:::/.exec(resource) ?? []
  return resource === '*' || (arn !== '' && resource.slice(arn.length) === `${bucket}/*`)
}

/** Only a star at the end is understood: any other pattern is taken for none. */
function matches(pattern: string, action: string): boolean {
  const [asked, given] = [action.toLowerCase(), pattern.toLowerCase()]
  if (given === asked || given === '*') return true
  return given.endsWith('*') && !given.slice(0, -1).includes('*') && asked.startsWith(given.slice(0, -1))
}
