/** A policy has faults; each of them says what to change. */
export class PolicyError extends TypeError {
  override readonly name = 'PolicyError'
  /** What is wrong, one fault each. */
  readonly findings: readonly string[]

  constructor(findings: readonly string[]) {
    const [first = ''] = findings
    super(findings.length === 1 ? first : `there are ${findings.length} faults:\n- ${findings.join('\n- ')}`)
    this.findings = findings
  }
}
