// node lint.js FILE...: checks these descriptions of HTTP interfaces by Redocly's strict rules. One rule is off because
// the linter does not look into extensions (x-...); describe refuses what nothing refers to.
import { createConfig, formatProblems, getTotals, lint } from '@redocly/openapi-core'

const config = await createConfig({ extends: ['recommended-strict'], rules: { 'no-unused-components': 'off' } })
for (const file of process.argv.slice(2)) {
  const problems = await lint({ ref: file, config })
  formatProblems(problems, { format: 'codeframe', totals: getTotals(problems), version: '' })
  if (problems.length > 0) process.exitCode = 1
}
