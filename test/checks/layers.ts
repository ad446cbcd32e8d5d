/**
 * Who may import whom. Run by `npm run check:layers`; ends with 1 at the first rule broken, or where fewer modules were
 * seen than the house has (a parser that reads nothing would otherwise pass everything).
 */
import { cruise } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import { rules } from './layer-rules.ts'

const moduleFloor = 180

const { output } = await cruise(
  ['src', 'test'],
  {
    ruleSet: { forbidden: rules },
    validate: true,
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
  undefined,
  { tsConfig: extractTSConfig('tsconfig.json') },
)
if (typeof output === 'string') throw new Error(output)
for (const violation of output.summary.violations) {
  console.error(`${violation.rule.name}: ${violation.from} → ${violation.to}`)
}
const seen = output.modules.filter((module) => module.source.startsWith('src/')).length
console.log(`layers: ${seen} modules seen, ${output.summary.violations.length} violations`)
if (seen < moduleFloor)
  console.error(`Only ${seen} modules were seen; the house has at least ${moduleFloor}.`)
process.exitCode = output.summary.violations.length > 0 || seen < moduleFloor ? 1 : 0
