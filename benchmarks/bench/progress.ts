import { roughly } from './figures.ts'

const refresh = 100
const barWidth = 20

/**
 * How far a run has come, and how long it will take, on stderr: a live bar on a terminal, else a line at every tenth.
 * `total` is the sum of the weights of all steps.
 */
export class Progress {
  readonly #total: number
  readonly #timer: NodeJS.Timeout
  readonly #live = process.stderr.isTTY
  #done = 0
  #weight = 0
  #began = performance.now()
  #stepBegan = 0
  #label = 'starting the processes'
  #tenths = -1

  constructor(total: number) {
    this.#total = total
    this.#timer = setInterval(() => this.#show(), refresh)
  }

  /** A step of so much weight begins, and the one before is over. */
  next(label: string, weight: number): void {
    this.#done += this.#weight
    this.#weight = weight
    this.#stepBegan = performance.now()
    // Processes start at a pace of their own.
    if (this.#done === 0) this.#began = this.#stepBegan
    this.#label = label
    this.#show()
  }

  end(): void {
    clearInterval(this.#timer)
    if (this.#live) process.stderr.write('\r\x1b[K')
  }

  #show(): void {
    const elapsed = performance.now() - this.#began
    const pace = this.#done === 0 ? 0 : this.#done / (this.#stepBegan - this.#began)
    const share = Math.min(
      1,
      (this.#done + Math.min(this.#weight, pace * (performance.now() - this.#stepBegan))) / this.#total,
    )
    const left = share === 0 ? '' : `, ${roughly((elapsed * (1 - share)) / share)} left`
    if (this.#live) this.#draw(share, left)
    else this.#print(share, left)
  }

  #draw(share: number, left: string): void {
    const full = Math.round(share * barWidth)
    const bar = '█'.repeat(full) + '░'.repeat(barWidth - full)
    const text = `  ${bar} ${percent(share)}${left}   ${this.#label}`
    process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`)
  }

  #print(share: number, left: string): void {
    const tenths = Math.floor(share * 10)
    if (tenths <= this.#tenths) return
    this.#tenths = tenths
    process.stderr.write(`  ${percent(tenths / 10)}${left}   ${this.#label}\n`)
  }
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`.padStart(5)
}
